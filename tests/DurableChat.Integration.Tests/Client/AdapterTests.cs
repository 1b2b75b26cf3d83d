using System.Runtime.CompilerServices;
using DurableChat.Client;
using DurableChat.Client.Adapters;
using DurableChat.Integration.Tests.Embedding;
using DurableChat.Integration.Tests.Http;
using DurableChat.Models;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Integration.Tests.Client;

/// <summary>Programs that know <see cref="IChatClient"/> and nothing of this server.</summary>
public sealed class AdapterTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_program_that_keeps_its_own_history_has_one_durable_chat()
    {
        await using var app = await EmbeddedApp.StartAsync(ScriptedModel.Answering());
        using var http = app.Client("alice");
        var client = new DurableChatClient(http);
        using var chat = client.AsChatClient();
        List<ChatMessage> history = [new(ChatRole.User, "hello")];
        var first = await chat.GetResponseAsync(history, cancellationToken: TestContext.Current.CancellationToken);
        history.AddMessages(first);
        history.Add(new ChatMessage(ChatRole.User, "and now?"));
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in chat.GetStreamingResponseAsync(history, cancellationToken: TestContext.Current.CancellationToken))
        {
            updates.Add(update);
        }

        Assert.Equal(("answer 1", "answer 2"), (first.Text, updates.ToChatResponse().Text));
        Assert.Equal(ChatFinishReason.Stop, updates.ToChatResponse().FinishReason);
        var kept = Assert.Single((await client.ListChatsAsync()).Chats);
        Assert.Equal(first.ConversationId, kept.Id);
        Assert.Equal(["hello", "answer 1", "and now?", "answer 2"], (await client.ReadAfterAsync(kept.Id)).Messages.Select(message => message.Text));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_tools_of_a_program_run_in_it()
    {
        var model = new ScriptedModel((_, history, _) => history[^1].Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } result
            ? ScriptedModel.Say($"It is {result.Result}.")
            : Call());
        await using var app = await EmbeddedApp.StartAsync(model);
        using var http = app.Client("alice");
        var ran = 0;
        using var chat = new DurableChatClient(http).AsChatClient().AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create(() => $"noon {++ran}", "clock")] };
        var response = await chat.GetResponseAsync("What time is it?", options, TestContext.Current.CancellationToken);
        Assert.Equal("It is noon 1.", response.Messages[^1].Text);
        Assert.Equal(1, ran);

        static async IAsyncEnumerable<AIContent> Call()
        {
            await Task.Yield();
            yield return new FunctionCallContent("call_1", "clock");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task The_tools_of_the_server_are_seen_and_not_run_again()
    {
        await using var server = await TestServer.StartAsync();
        using var chat = new DurableChatClient(server.Http).AsChatClient().AsBuilder().UseFunctionInvocation().Build();
        var response = await chat.GetStreamingResponseAsync("what time is it?", new ChatOptions { ModelId = "demo" }, TestContext.Current.CancellationToken).ToChatResponseAsync(TestContext.Current.CancellationToken);
        var call = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.True(call.InformationalOnly);
        Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>());
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failed_turn_is_thrown_and_what_would_have_no_effect_is_refused()
    {
        await using var server = await TestServer.StartAsync(null, "DurableChat:Worker:MaxAttempts=1");
        using var chat = new DurableChatClient(server.Http).AsChatClient();
        var failed = await Assert.ThrowsAsync<DurableChatException>(() => chat.GetResponseAsync("please fail", cancellationToken: TestContext.Current.CancellationToken));
        Assert.StartsWith("model_", failed.Code, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => chat.GetResponseAsync([new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(ChatRole.User, "hello")]));
    }

    [Fact(Timeout = 120_000)]
    public async Task Whoever_goes_away_finds_the_answer_later_and_who_wants_so_stops_it()
    {
        await using var server = await TestServer.StartAsync();
        var client = new DurableChatClient(server.Http);
        foreach (var interrupts in new[] { false, true })
        {
            using var chat = client.AsChatClient(new DurableChatAdapterOptions { InterruptOnCancel = interrupts });
            string? id = null;
            await foreach (var update in chat.GetStreamingResponseAsync("count to 100", new ChatOptions { ModelId = "slow" }, TestContext.Current.CancellationToken))
            {
                id = update.ConversationId;
                break;
            }

            HistoryMessage? answer = null;
            await foreach (var next in client.FollowAsync(id!, cancellationToken: TestContext.Current.CancellationToken))
            {
                answer = next is MessageEvent { Message: { Role: "assistant" } message } ? message : answer;
                if (answer is not null)
                {
                    break;
                }
            }

            Assert.Equal(interrupts ? "interrupted" : "stop", answer!.FinishReason);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_message_that_waits_is_taken_back_by_who_goes_away_and_its_deletion_is_told()
    {
        await using var server = await TestServer.StartAsync();
        var client = new DurableChatClient(server.Http);
        var id = (await client.CreateChatAsync(new NewChatRequest("first") { Model = "stuck" })).Id;
        var isFollowing = new TaskCompletionSource();
        using var handler = new CuttingHandler((request, _) =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/stream", StringComparison.Ordinal))
            {
                isFollowing.TrySetResult();
            }

            return Cut.Nothing;
        });
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"{server.Url}/api/v1") };
        using var chat = new DurableChatClient(http).AsChatClient(new DurableChatAdapterOptions { InterruptOnCancel = true });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var left = AskAsync(chat, id, "second", leaving.Token);
        await isFollowing.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        var after = await client.GetChatAsync(id);
        Assert.Equal((ChatStatuses.Running, 0, 1), (after.Status, after.Queue.Count, after.LastMessageId));

        var deleted = AskAsync(chat, id, "third");
        await client.DeleteQueuedAsync(id, Assert.Single(await WaitForQueueAsync(client, id, 1)).Id);
        Assert.Equal("queued_message_deleted", (await Assert.ThrowsAsync<DurableChatException>(() => deleted)).Code);
        Assert.Equal(ChatStatuses.Running, (await client.GetChatAsync(id)).Status);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_message_behind_a_turn_that_fails_is_not_sent_and_one_sent_later_is_answered_though_others_wait_before_it()
    {
        var gate = new TaskCompletionSource();
        await using var app = await EmbeddedApp.StartAsync(new ScriptedModel((call, history, cancellation) => call == 1 ? FailAsync(cancellation) : ScriptedModel.Say($"to {history[^1].Text}")));
        using var http = app.Client("alice");
        var client = new DurableChatClient(http);
        var id = (await client.CreateChatAsync(new NewChatRequest("first"), cancellationToken: TestContext.Current.CancellationToken)).Id;
        await client.SendAsync(id, "second");
        using var chat = client.AsChatClient();
        var behind = AskAsync(chat, id, "third");
        await WaitForQueueAsync(client, id, 2);
        gate.SetResult();
        Assert.Equal("model_unauthorized", (await Assert.ThrowsAsync<DurableChatException>(() => behind)).Code);
        Assert.Equal(["second"], (await client.GetChatAsync(id)).Queue.Select(queued => queued.Content));
        Assert.Equal("to fourth", (await AskAsync(chat, id, "fourth")).Text);
        Assert.Equal(["first", "Wait.", "second", "to second", "fourth", "to fourth"], (await client.ReadAfterAsync(id)).Messages.Select(message => message.Text));

        async IAsyncEnumerable<AIContent> FailAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            yield return new TextContent("Wait.");
            await gate.Task.WaitAsync(cancellation);
            throw new ModelException("model_unauthorized", "No.", retryable: false);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_two_who_wait_with_the_same_text_each_gets_the_answer_to_its_own()
    {
        var gate = new TaskCompletionSource();
        await using var app = await EmbeddedApp.StartAsync(Gated(gate.Task));
        using var http = app.Client("alice");
        var client = new DurableChatClient(http);
        var id = (await client.CreateChatAsync(new NewChatRequest("continue"), cancellationToken: TestContext.Current.CancellationToken)).Id;
        using var chat = client.AsChatClient();
        var second = AskAsync(chat, id, "continue");
        await WaitForQueueAsync(client, id, 1);
        var third = AskAsync(chat, id, "continue");
        await WaitForQueueAsync(client, id, 2);

        // The history that comes anew has an equal text too.
        await client.EditAsync(id, 1, "continue");
        gate.SetResult();
        var (first, last) = (await second, await third);
        Assert.Equal(["answer 2", "answer 3", "answer 4"], (await client.ReadAfterAsync(id)).Messages.Where(message => message.Role == "assistant").Select(message => message.Text));
        Assert.Equal(("answer 3", "answer 4"), (first.Text, last.Text));
        Assert.NotEqual(first.ResponseId, last.ResponseId);
    }

    [Fact(Timeout = 120_000)]
    public async Task Results_for_some_of_the_calls_bring_the_others_and_a_rewrite_is_no_answer()
    {
        var gate = new TaskCompletionSource();
        await using var app = await EmbeddedApp.StartAsync(new ScriptedModel((call, _, cancellation) => call switch { 1 => Call(), 2 => ScriptedModel.Say("done"), _ => WaitAsync(gate.Task, "never", cancellation) }));
        using var http = app.Client("alice");
        var client = new DurableChatClient(http);
        using var chat = client.AsChatClient();
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one"), AIFunctionFactory.Create(() => 2, "two")] };
        var asked = await chat.GetResponseAsync("go", options, TestContext.Current.CancellationToken);
        options.ConversationId = asked.ConversationId;
        Assert.Equal(["call_1", "call_2"], CallsOf(asked));
        var less = await chat.GetResponseAsync(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("call_1", 1)]), options, TestContext.Current.CancellationToken);
        Assert.Equal((ChatFinishReason.ToolCalls, "call_2"), (less.FinishReason, Assert.Single(CallsOf(less))));
        Assert.Equal("done", (await chat.GetResponseAsync(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("call_2", 2)]), options, TestContext.Current.CancellationToken)).Text);

        await using var running = chat.GetStreamingResponseAsync("and now?", options, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await running.MoveNextAsync());
        await client.EditAsync(asked.ConversationId!, 1, "go on");
        Assert.Equal("history_rewritten", (await Assert.ThrowsAsync<DurableChatException>(async () =>
        {
            while (await running.MoveNextAsync())
            {
            }
        })).Code);

        static async IAsyncEnumerable<AIContent> Call()
        {
            await Task.Yield();
            yield return new FunctionCallContent("call_1", "one");
            yield return new FunctionCallContent("call_2", "two");
        }

        static IEnumerable<string> CallsOf(ChatResponse response) => response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(call => call.CallId);
    }

    [Fact]
    public void A_message_that_waited_is_found_by_its_number_however_much_was_missed()
    {
        Assert.Equal("u3", Watch(Said(2), Said(3, 7), Answered(4), Queue(3)));
        Assert.Equal("u4", Watch(Said(2, 6), Answered(3), Said(4, 7), Queue(3)));
        Assert.Equal("u2", Watch(Said(2, 7), Answered(3), Queue(3, 6)));
        Assert.Equal("u4", Watch(Queue(1, 6, 7), Queue(2, 7), Said(2, 6), Answered(3), Said(4, 7), Queue(3)));
        Assert.Equal("u5", Watch(Queue(1, 7), new HistoryResetEvent(2), Said(4), Said(5, 7), Answered(6), Queue(3)));
        Assert.Equal("u2", Watch(Said(2, 7), Failed(), Queue(3)));
        Assert.Equal("failed", Watch(Failed(), Queue(1, 7)));
        Assert.Equal("failed", Watch(Queue(1, 7), Said(2), Answered(3), Failed()));
        Assert.Equal("waits", Watch(Failed(), Said(2), Queue(1, 7)));
    }

    [Fact]
    public void A_message_that_does_not_come_out_of_the_queue_ends_the_wait()
    {
        Assert.Equal("queued_message_deleted", Watch(Said(2), Queue(1, 7), new HistoryResetEvent(2), Said(1), Said(2), Queue(2)));

        // A replica of an older version has begun its turn, and gave the user message no number.
        Assert.Equal("queued_message_deleted", Watch(Queue(1, 7), Said(2), Queue(2)));

        // What was acknowledged is lost with the newest of the history.
        Assert.Equal("queued_message_deleted", Watch(new HistoryResetEvent(2), Queue(0)));
    }

    [Fact]
    public void A_replica_that_has_not_heard_of_the_message_yet_does_not_end_the_wait()
    {
        Assert.Equal("u2", Watch(Queue(0), Said(2, 7), Queue(2)));
        Assert.Equal("waits", Watch(Queue(0), Queue(1, 7), Waiting(2)));

        // It heard of the message and of its deletion at once, so it showed no other queue.
        Assert.Equal("in doubt", Watch(Queue(0), Waiting(2)));
        var doubted = new QueueWatch(7, 1, 1);
        Assert.False(doubted.Begins(Queue(0)) || doubted.Begins(Waiting(2)));
        doubted.TakeQueue([], at: 0);
        Assert.True(doubted.IsInDoubt);
        Assert.Equal("queued_message_deleted", Assert.Throws<DurableChatException>(() => doubted.TakeQueue([], at: 2)).Code);
        doubted.TakeQueue(Queue(1, 7).Queue, at: 1);
        Assert.False(doubted.IsInDoubt);
    }

    /// <summary>
    /// What a watch of message 7, queued by the commit that made version 1, says of a stream: the user message that
    /// begins its turn, or why there is none.
    /// </summary>
    private static string Watch(params ChatEvent[] events)
    {
        var watch = new QueueWatch(7, version: 1, afterMessageId: 1);
        try
        {
            var own = events.FirstOrDefault(watch.Begins);
            return own is MessageEvent { Message.Id: var id } ? $"u{id}" : watch.IsInDoubt ? "in doubt" : "waits";
        }
        catch (DurableChatException exception)
        {
            return exception.Code;
        }
    }

    private static MessageEvent Said(long id, long? queuedId = null) =>
        new(new HistoryMessage(id, id - 1, "user", [new MessagePart { Type = MessagePart.TextType, Text = "x" }], 0, null, null, null, default) { QueuedId = queuedId });

    private static MessageEvent Answered(long id) => new(new HistoryMessage(id, id - 1, "assistant", [], 1, null, "stop", null, default));

    private static ErrorEvent Failed() => new(new ChatError("failed", "", false)) { Version = 2 };

    private static StatusEvent Waiting(long version) => new(ChatStatuses.Waiting, "", "", false) { Version = version };

    private static QueueEvent Queue(long version, params long[] ids) => new([.. ids.Select(id => new QueuedMessage(id, "x", false, default))]) { Version = version };

    private static Task<ChatResponse> AskAsync(IChatClient chat, string id, string text, CancellationToken? cancellation = null) =>
        chat.GetResponseAsync(text, new ChatOptions { ConversationId = id }, cancellation ?? TestContext.Current.CancellationToken);

    private static async Task<IReadOnlyList<QueuedMessage>> WaitForQueueAsync(DurableChatClient client, string id, int count)
    {
        await foreach (var next in client.FollowAsync(id, cancellationToken: TestContext.Current.CancellationToken))
        {
            if (next is QueueEvent { Queue: var queue } && queue.Count == count)
            {
                return queue;
            }
        }

        return [];
    }

    /// <summary>Answers every call with "answer N" once the gate is open.</summary>
    private static ScriptedModel Gated(Task gate) => new((call, _, cancellation) => WaitAsync(gate, $"answer {call}", cancellation));

    private static async IAsyncEnumerable<AIContent> WaitAsync(Task gate, string text, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new TextContent(text[..1]);
        await gate.WaitAsync(cancellation);
        yield return new TextContent(text[1..]);
    }
}
