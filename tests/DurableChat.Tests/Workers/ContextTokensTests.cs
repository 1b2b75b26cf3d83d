using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Models;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>What a model is given whose context is known, and models that requests cannot choose.</summary>
public sealed class ContextTokensTests
{
    private readonly FakeStore _store = new();

    [Theory]
    [InlineData(null, null, 1_000_000)]
    [InlineData(8_000, null, 18_000)]
    [InlineData(8_000, 2_000, 18_000)]
    [InlineData(8_000, 8_000, 3)]
    [InlineData(1_000_000, 1_000, 1_000_000)]
    public void What_is_left_of_the_tokens_beside_the_answer_is_for_the_history(int? tokens, int? answer, long bytes)
    {
        var model = new ModelDefinition("demo", new ScriptedModelClient((_, _, _) => Answer()), null)
        {
            ContextTokens = tokens,
            Settings = new GenerationSettings { MaxOutputTokens = answer },
        };
        Assert.Equal(bytes, model.HistoryBytes(1_000_000));
    }

    [Fact]
    public async Task A_history_that_the_model_cannot_take_is_cut()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var node = new Node(_store, model, define: definition => definition with { ContextTokens = 400 });
        var id = await node.CreateAsync();
        for (var i = 0; i < 6; i++)
        {
            await EndAsync(id);
            await node.ExecuteAsync(id, new SendMessage(new string((char)('a' + i), 200)));
        }

        await EndAsync(id);
        var texts = model.Requests[^1].Prompt.OfType<UserItem>().Select(item => item.Parts.OfType<TextPart>().Single().Text).ToArray();
        Assert.StartsWith("f", texts[^1], StringComparison.Ordinal);
        Assert.InRange(texts.Sum(text => text.Length), 200, 900);
    }

    [Fact]
    public async Task A_model_that_is_not_for_requests_cannot_be_chosen_and_answers_its_chats()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var node = new Node(
            _store, model, others: [new ModelDefinition("spare", model, null) { IsSelectable = false }],
            define: definition => definition with { IsSelectable = false });
        var id = await node.CreateAsync();
        await EndAsync(id);
        foreach (var command in new ChatCommand[] { new SendMessage("x") { Model = "spare" }, new UpdateChat { Model = "spare" } })
        {
            var refused = Assert.IsType<CommandResult.Refused>(await node.ExecuteAsync(id, command));
            Assert.Equal((RefusalCode.SettingNotAllowed, "model"), (refused.Refusal.Code, refused.Refusal.Field));
        }

        var created = await node.Chats.CreateAsync("owner", new NewChat("x") { Model = "spare" }, null, CancellationToken.None);
        Assert.IsType<CommandResult.Refused>(created);
        Assert.IsType<CommandResult.Committed>(await node.ExecuteAsync(id, new SendMessage("still")));
        await EndAsync(id);
    }

    private Task EndAsync(ChatId id) => Eventually.IsAsync(() => !_store.State(id).NeedsWorker, "the turn has ended");

    private static async IAsyncEnumerable<ModelUpdate> Answer()
    {
        await Task.Yield();
        yield return new PartUpdate(new TextPart("ok"));
        yield return new EndUpdate(FinishReason.Stop);
    }
}
