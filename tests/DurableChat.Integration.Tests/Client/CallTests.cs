using System.Net;
using DurableChat.Client;
using DurableChat.Client.Calls;
using DurableChat.Integration.Tests.Http;
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
