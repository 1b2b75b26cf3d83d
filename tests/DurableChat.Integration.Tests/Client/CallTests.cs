using System.Net;
using DurableChat.Client;
using DurableChat.Client.Calls;
using DurableChat.Integration.Tests.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Client;

/// <summary>Calls over a network that breaks.</summary>
public sealed class CallTests
{
    private static readonly DurableChatClientOptions _hasty = new() { FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(5) };

    [Fact(Timeout = 120_000)]
    public async Task What_was_done_and_not_answered_is_not_done_twice()
    {
        await using var server = await TestServer.StartAsync();
        using var handler = new CuttingHandler((request, count) => new Cut { LosesAnswer = request.Method != HttpMethod.Get && count % 2 == 1 });
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"{server.Url}/api/v1/") };
        var client = new DurableChatClient(http, _hasty);
        var chat = await client.CreateChatAsync(new NewChatRequest("hello") { Model = "stuck" });
        var sent = await client.SendAsync(chat.Id, "and again", cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotNull(sent.QueuedId);
        Assert.Single((await client.ListChatsAsync()).Chats);
        Assert.Single((await client.GetChatAsync(chat.Id)).Queue);
        Assert.True(await client.DeleteChatAsync(chat.Id));
        Assert.False(await new DurableChatClient(server.Http).DeleteChatAsync(chat.Id));
    }

    [Fact(Timeout = 120_000)]
    public async Task Every_call_of_the_api_works()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"{server.Url}/api/v1") };
        var client = new DurableChatClient(http, _hasty);
        Assert.Equal(["demo", "slow", "stuck"], (await client.ListModelsAsync()).Select(model => model.Name));
        var chat = await client.CreateChatAsync(new NewChatRequest("hello") { Model = "stuck", Title = "First" }, "a-key");
        Assert.Equal(chat.Id, (await client.CreateChatAsync(new NewChatRequest("hello") { Model = "stuck", Title = "First" }, "a-key")).Id);
        Assert.Equal(("First", "stuck", ChatStatuses.Running), (chat.Title, chat.Model, chat.Status));
        Assert.Equal("Second", (await client.UpdateChatAsync(chat.Id, title: "Second")).Title);
        var first = await client.SendAsync(chat.Id, "one");
        var second = await client.SendAsync(chat.Id, "two");
        await client.DeleteQueuedAsync(chat.Id, first.QueuedId!.Value);
        await client.PromoteQueuedAsync(chat.Id, second.QueuedId!.Value);
        await foreach (var next in client.FollowAsync(chat.Id, cancellationToken: TestContext.Current.CancellationToken))
        {
            if (next is MessageEvent { Message.Text: "two" })
            {
                break;
            }
        }

        await client.InterruptAsync(chat.Id);
        await foreach (var next in client.FollowAsync(chat.Id, cancellationToken: TestContext.Current.CancellationToken))
        {
            if (next is StatusEvent { Status: ChatStatuses.Waiting })
            {
                break;
            }
        }

        Assert.NotNull((await client.EditAsync(chat.Id, 1, "three")).MessageId);
        Assert.Equal(["three"], (await client.ReadAfterAsync(chat.Id)).Messages.Select(message => message.Text));
        Assert.Equal(["three"], (await client.ReadBeforeAsync(chat.Id, 100)).Messages.Select(message => message.Text));
        await foreach (var next in client.WatchAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            Assert.Equal("Second", Assert.Single(Assert.IsType<ChatsEvent>(next).Chats).Title);
            break;
        }

        var refused = await Assert.ThrowsAsync<DurableChatException>(() => client.CreateChatAsync(new NewChatRequest(" ")));
        Assert.Equal(("invalid_field", "content", HttpStatusCode.BadRequest, false), (refused.Code, refused.Field, refused.Status, refused.IsRetryable));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_chat_begins_with_what_was_said_in_another_and_waits_unless_something_is_said_next()
    {
        await using var server = await TestServer.StartAsync();
        var client = new DurableChatClient(server.Http, _hasty);
        var original = (await client.CreateChatAsync(new NewChatRequest("what time is it?"))).Id;
        await server.FollowAsync(original, screen => screen.Status == "waiting" && screen.Ids.Count == 4);
        var said = (await client.ReadAfterAsync(original, cancellationToken: TestContext.Current.CancellationToken)).Messages;
        var failed = said[2] with { Parts = [said[2].Parts[0] with { IsError = true }] };
        var history = new[] { said[0], said[1], failed, said[3] }.Select(HistoryEntry.From).ToList();
        var chat = await client.CreateChatAsync(new NewChatRequest { History = history, Title = "Again" });
        Assert.Equal((ChatStatuses.Waiting, "Again", 4), (chat.Status, chat.Title, chat.LastMessageId));
        var read = (await client.ReadBeforeAsync(chat.Id)).Messages;
        Assert.Equal(history.Select(entry => entry with { Parts = [] }), read.Select(message => HistoryEntry.From(message) with { Parts = [] }));
        Assert.Equal(history.SelectMany(entry => entry.Parts), read.SelectMany(message => message.Parts));
        Assert.Contains(read, message => message is { FinishReason: "tool_calls", Usage: not null, Model: "demo" });
        Assert.Equal(ChatStatuses.Running, (await client.CreateChatAsync(new NewChatRequest("and now?") { History = history, Model = "stuck" })).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_is_tried_again_for_as_long_as_it_may_and_never_waits_in_vain()
    {
        var time = new HurryingTime(longestPause: TimeSpan.FromSeconds(10));
        var options = new DurableChatClientOptions { MaxAttempts = int.MaxValue, MaxRetryTime = TimeSpan.FromMinutes(1), MaxDelay = TimeSpan.FromSeconds(10), TimeProvider = time };
        using var away = new CuttingHandler((_, _) => new Cut { Status = HttpStatusCode.ServiceUnavailable });
        Assert.Equal("http_503", (await Assert.ThrowsAsync<DurableChatException>(() => Call(away))).Code);
        Assert.InRange(time.Elapsed, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));

        // Nothing ends so long a pause.
        using var asking = new CuttingHandler((_, _) => new Cut { Status = HttpStatusCode.ServiceUnavailable, RetryAfter = TimeSpan.FromMinutes(2) });
        await Assert.ThrowsAsync<DurableChatException>(() => Call(asking));
        Assert.Equal(1, asking.Requests);

        async Task Call(CuttingHandler handler)
        {
            using var http = new HttpClient(handler, disposeHandler: false) { BaseAddress = new Uri("http://127.0.0.1:9") };
            await new DurableChatClient(http, options).ListModelsAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_falls_silent_or_answers_in_other_words_is_told_apart_from_one_that_refuses()
    {
        await using var server = await TestServer.StartAsync();
        var time = new FakeTimeProvider();
        using var handler = new CuttingHandler((_, request) => request == 1 ? new Cut { IsSilent = true } : new Cut { Status = HttpStatusCode.OK });
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"{server.Url}/api/v1"), Timeout = TimeSpan.FromSeconds(20) };
        var client = new DurableChatClient(http, new DurableChatClientOptions { MaxAttempts = 1, TimeProvider = time });
        var call = client.ListModelsAsync(TestContext.Current.CancellationToken);
        await handler.Silence;
        while (!call.IsCompleted)
        {
            await Task.Yield();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.IsType<OperationCanceledException>((await Assert.ThrowsAsync<HttpRequestException>(() => call)).InnerException, exactMatch: false);
        Assert.Equal("bad_response", (await Assert.ThrowsAsync<DurableChatException>(() => client.ListModelsAsync())).Code);
    }

    [Fact]
    public void Pauses_grow_differ_and_are_never_shorter_than_what_the_server_asks_for()
    {
        var options = new DurableChatClientOptions { FirstDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(30) };
        Assert.Equal([0.5, 1, 2, 15, 15], new[] { 1, 2, 3, 10, 1_000 }.Select(failures => Backoff.Delay(options, failures, null, 0).TotalSeconds));
        Assert.Equal([1, 2, 4, 30, 30], new[] { 1, 2, 3, 10, 1_000 }.Select(failures => Backoff.Delay(options, failures, null, 1).TotalSeconds));
        Assert.InRange(Backoff.Delay(options, 1, TimeSpan.FromMinutes(5), 0.5).TotalSeconds, 300, 302);
        Assert.Equal(15, Backoff.Delay(options, 10, TimeSpan.FromSeconds(1), 0).TotalSeconds);
    }
}
