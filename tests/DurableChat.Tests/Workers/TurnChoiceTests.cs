using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Models;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>Which tools a request offers, and which model it goes to, where the message says so.</summary>
public sealed class TurnChoiceTests
{
    private readonly FakeStore _store = new();

    [Fact]
    public async Task Tools_go_as_the_message_says()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var node = NodeOn(
            model, definition => definition with { Allow = new AllowedSettings { Tools = true, BuiltInTools = true } });
        var id = await node.CreateAsync();
        await TellAsync(node, id, new GenerationSettings { BuiltInTools = false });
        await TellAsync(node, id, new GenerationSettings { Tools = false });
        Assert.Equal(
            ["current_time look_up", "look_up", ""], model.Requests.Select(
                request => string.Join(' ', request.Tools.Select(tool => tool.Name))));
    }

    [Fact]
    public async Task What_must_be_called_must_be_called_once()
    {
        var model = new ScriptedModelClient((number, _, _) => number % 2 == 1 ? Call(number) : Answer());
        var node = NodeOn(model, definition => definition with
        {
            Allow = new AllowedSettings { ToolChoice = true },
            Settings = new GenerationSettings { ToolChoice = "look_up" },
        });
        var id = await node.CreateAsync();
        await EndAsync(id);
        await TellAsync(node, id, new GenerationSettings { ToolChoice = "required" });
        Assert.Equal(
            ["look_up", null, "required", null], model.Requests.Select(request => request.Settings.ToolChoice));
    }

    [Fact]
    public async Task A_tool_that_is_not_offered_cannot_be_chosen()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var node = NodeOn(model, definition => definition with { Allow = new AllowedSettings { ToolChoice = true } });
        var id = await node.CreateAsync();
        await TellAsync(node, id, new GenerationSettings { ToolChoice = "gone" });
        Assert.Null(model.Requests[^1].Settings.ToolChoice);
    }

    [Fact]
    public async Task A_turn_without_settings_of_its_own_uses_those_of_the_model_as_they_are()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var settings = new GenerationSettings { Temperature = 0.5 };
        var node = NodeOn(model, definition => definition with { Settings = settings });
        var id = await node.CreateAsync();
        await EndAsync(id);
        Assert.Same(settings, model.Requests[0].Settings);
        Assert.Null(_store.History(id)[0].Settings);
    }

    [Fact]
    public async Task A_page_names_the_models_of_questions_once_the_chat_has_another()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var node = new Node(_store, model, others: [new ModelDefinition("other", model, null)]);
        var id = await node.CreateAsync();
        await EndAsync(id);
        Assert.Equal([null], await QuestionsAsync(node, id));
        await node.ExecuteAsync(id, new UpdateChat { Model = "other" });
        await node.ExecuteAsync(id, new SendMessage("go on"));
        await EndAsync(id);
        Assert.Equal(["demo", "other"], await QuestionsAsync(node, id));
    }

    [Fact]
    public async Task A_message_whose_model_is_gone_is_answered_again_by_the_one_that_the_chat_has_now()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var before = new Node(_store, model, others: [new ModelDefinition("other", model, null)]);
        var id = await before.CreateAsync();
        await EndAsync(id);
        Assert.IsType<CommandResult.Committed>(await before.ExecuteAsync(id, new UpdateChat { Model = "other" }));

        var after = new Node(_store, model, "b", define: definition => definition with { Name = "other" });
        var again = await after.Chats.EditAsync("owner", id, 1, "hello", null, CancellationToken.None);
        Assert.IsType<CommandResult.Committed>(again);
        await EndAsync(id);
        Assert.Null(_store.State(id).Error);
        Assert.Equal("other", _store.History(id)[^1].Model);
    }

    [Fact]
    public async Task A_creation_that_is_repeated_is_answered_though_its_model_is_gone()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var request = new IdempotencyRequest("key", "fingerprint", _ => "made");
        var chat = new NewChat("hello") { Model = "demo" };
        var before = new Node(_store, model);
        Assert.IsType<CommandResult.Committed>(
            await before.Chats.CreateAsync("owner", chat, request, CancellationToken.None));

        var after = new Node(_store, model, "b", define: definition => definition with { Name = "other" });
        var again = await after.Chats.CreateAsync("owner", chat, request, CancellationToken.None);
        Assert.Equal("made", Assert.IsType<CommandResult.Repeated>(again).Record.Outcome);
        var another = await after.Chats.CreateAsync(
            "owner", chat, request with { Key = "another" }, CancellationToken.None);
        Assert.Equal("model", Assert.IsType<CommandResult.Refused>(another).Refusal.Field);
    }

    [Fact]
    public async Task What_is_not_allowed_any_more_is_noted_once_for_each_model_and_setting()
    {
        var model = new ScriptedModelClient((_, _, _) => Answer());
        var before = NodeOn(model, definition => definition with { Allow = new AllowedSettings { Temperature = new(0, 2), Seed = true } });
        var id = await before.CreateAsync();
        await EndAsync(id);
        await before.ExecuteAsync(id, new UpdateChat { Settings = new GenerationSettings { Temperature = 1.5, Seed = 1 } });

        var after = new Node(_store, model, "b", define: definition => definition with { Allow = new AllowedSettings { Temperature = new(0, 1) } });
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.IsType<CommandResult.Committed>(await after.ExecuteAsync(id, new SendMessage("go on")));
            await EndAsync(id);
        }

        Assert.Equal(1, model.Requests[^1].Settings.Temperature);
        Assert.Equal(
            ["The seed of chat", "The temperature of chat"],
            after.Log.Written.Select(line => line[..line.IndexOf(" of chat", StringComparison.Ordinal)] + " of chat").Order(StringComparer.Ordinal));
    }

    private static async Task<string?[]> QuestionsAsync(Node node, ChatId id)
    {
        var query = MessageQuery.After(0, 10, ReadReason.History);
        var page = await node.Chats.ReadMessagesAsync("owner", id, query, CancellationToken.None);
        return [.. page!.Messages.Where(message => message.Role == MessageRole.User).Select(message => message.Model)];
    }

    private Node NodeOn(IModelClient model, Func<ModelDefinition, ModelDefinition> define) => new(
        _store,
        model,
        define: define,
        functions: [CurrentTimeTool.Create(TimeProvider.System), AIFunctionFactory.Create(() => "found", "look_up")]);

    private async Task TellAsync(Node node, ChatId id, GenerationSettings settings)
    {
        await EndAsync(id);
        Assert.IsType<CommandResult.Committed>(
            await node.ExecuteAsync(id, new SendMessage("go on") { Settings = settings }));
        await EndAsync(id);
    }

    private Task EndAsync(ChatId id) => Eventually.IsAsync(() => !_store.State(id).NeedsWorker, "the turn has ended");

    private static IAsyncEnumerable<ModelUpdate> Answer() =>
        new ModelUpdate[] { new PartUpdate(new TextPart("answer")), new EndUpdate(
            FinishReason.Stop) }.ToAsyncEnumerable();

    private static IAsyncEnumerable<ModelUpdate> Call(int number) =>
        new ModelUpdate[] { new PartUpdate(new ToolCallPart($"call-{number}", "look_up", "{}")), new EndUpdate(
            FinishReason.ToolCalls) }.ToAsyncEnumerable();
}
