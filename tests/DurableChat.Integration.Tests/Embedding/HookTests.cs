using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Hooks;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.Embedding;

/// <summary>What an application has done before turns and after commits, and what it sees of them.</summary>
public sealed class HookTests
{
    [Fact]
    public async Task A_hook_tells_the_model_something_before_every_call_of_a_turn_and_can_refuse_a_turn()
    {
        var model = new ScriptedModel((call, _, _) => call == 1 ? Call() : ScriptedModel.Say("done"));
        await using var app = await EmbeddedApp.StartAsync(
            model, chat => chat.AddTurnHook<Gate>().AddTool(AIFunctionFactory.Create(() => "noon", "clock")));
        using var http = app.Client("alice");
        Assert.Equal("done", (await EmbeddedApp.AskAsync(http, "hello")).Texts[^1]);
        Assert.Equal(["Alice is a pilot.", "Alice is a pilot."], model.Histories.Select(history => history[0].Text));
        Assert.All(model.Histories, history => Assert.Equal(ChatRole.System, history[0].Role));
        var refused = await EmbeddedApp.AskAsync(http, "tell me a secret");
        Assert.Equal("error", refused.Status);
        var listed = (await http.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats")[0].GetProperty("id").GetString();
        Assert.Equal("no_secrets", (await http.GetFromJsonAsync<JsonElement>($"chats/{listed}")).GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(2, model.Calls);

        static async IAsyncEnumerable<AIContent> Call()
        {
            await Task.Yield();
            yield return new FunctionCallContent("call_1", "clock");
        }
    }

    [Fact]
    public async Task A_hook_that_fails_breaks_no_commit_and_is_told_again()
    {
        await using var app = await EmbeddedApp.StartAsync(ScriptedModel.Answering(), chat =>
        {
            chat.Services.AddSingleton<Ledger>();
            chat.AddCommitHook<Bookkeeper>();
        });
        using var http = app.Client("alice");
        Assert.Equal(["hello", "answer 1"], (await EmbeddedApp.AskAsync(http, "hello")).Texts);
        var ledger = app.Services.GetRequiredService<Ledger>();
        await ledger.Complete.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([1L, 2L], ledger.Messages.Order());
        Assert.True(ledger.Failures > 0);
    }

    [Fact]
    public async Task Turns_model_calls_and_tool_calls_are_activities_without_content()
    {
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == DurableChatActivitySource.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = seen.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var model = new ScriptedModel((call, _, _) => call == 1 ? Call() : ScriptedModel.Say("done"));
        await using (var app = await EmbeddedApp.StartAsync(model, chat => chat.AddTool(AIFunctionFactory.Create((string word) => word, "very_own_echo"))))
        {
            using var http = app.Client("alice");
            await EmbeddedApp.AskAsync(http, "a private question");
        }

        // Other tests run beside this one, and their activities come here too.
        var tool = Assert.Single(seen, activity => Equals(activity.GetTagItem("gen_ai.tool.name"), "very_own_echo"));
        var turn = Assert.Single(seen, activity => activity.OperationName == "drive_chat" && activity.SpanId == tool.ParentSpanId);
        Assert.Equal(2, seen.Count(activity => activity.OperationName == "generate" && activity.ParentSpanId == turn.SpanId));
        Assert.Equal(("execute_tool very_own_echo", "execute_tool"), (tool.DisplayName, tool.GetTagItem("gen_ai.operation.name")));
        var call = seen.First(activity => activity.OperationName == "generate" && activity.ParentSpanId == turn.SpanId);
        Assert.Equal($"chat {call.GetTagItem("gen_ai.request.model")}", call.DisplayName);
        Assert.Equal(("chat", turn.GetTagItem("durablechat.chat.id")), (call.GetTagItem("gen_ai.operation.name"), call.GetTagItem("gen_ai.conversation.id")));
        Assert.DoesNotContain(seen, activity => activity.TagObjects.Any(tag => tag.Value is string text && (text.Contains("private", StringComparison.Ordinal) || text.Contains("secret word", StringComparison.Ordinal))));

        static async IAsyncEnumerable<AIContent> Call()
        {
            await Task.Yield();
            yield return new FunctionCallContent("call_1", "very_own_echo", new Dictionary<string, object?> { ["word"] = "secret word" });
        }
    }

    private sealed class Gate : ITurnHook
    {
        public ValueTask<TurnDecision> BeforeTurnAsync(TurnContext turn, CancellationToken cancellationToken)
        {
            var question = turn.History.Last(message => message.Role == MessageRole.User).Parts.OfType<TextPart>().Single().Text;
            return new(question.Contains("secret", StringComparison.Ordinal) ? TurnDecision.Refuse("Not that.", "no_secrets") : TurnDecision.ContinueWith("Alice is a pilot."));
        }
    }

    private sealed class Ledger
    {
        public ConcurrentDictionary<long, byte> Read { get; } = new();

        public int Failures { get; set; }

        public TaskCompletionSource Complete { get; } = new();

        public IEnumerable<long> Messages => Read.Keys;
    }

    /// <summary>Fails the first time that it is told.</summary>
    private sealed class Bookkeeper(ChatService chats, Ledger ledger) : ICommitHook
    {
        public async Task OnCommittedAsync(CommitNotice notice, CancellationToken cancellationToken)
        {
            if (ledger.Failures++ == 0)
            {
                throw new InvalidOperationException("not yet");
            }

            var page = await chats.ReadMessagesAsync(notice.Owner, notice.ChatId, MessageQuery.After(notice.AfterMessageId, 100, ReadReason.History), cancellationToken);
            foreach (var message in page!.Messages)
            {
                ledger.Read[message.Id] = 0;
            }

            if (ledger.Read.Count == 2)
            {
                ledger.Complete.TrySetResult();
            }
        }
    }
}
