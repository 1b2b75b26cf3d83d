using System.Net;
using DurableChat.Client;
using DurableChat.Client.Streams;
using DurableChat.Integration.Tests.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Client;

/// <summary>A stream that outlives its connections.</summary>
public sealed class FollowingTests
{
    private static readonly DurableChatClientOptions _hasty = new() { FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(5) };

    [Fact(Timeout = 120_000)]
    public async Task However_often_the_connection_is_cut_every_message_and_part_comes_once_and_in_order()
    {
        await using var server = await TestServer.StartAsync();
        var cuts = new Random(11);
        using var handler = new CuttingHandler((request, _) => request.RequestUri!.AbsolutePath.EndsWith("/stream", StringComparison.Ordinal)
            ? new Cut { AfterBytes = 400 + cuts.Next(1_500) }
            : Cut.Nothing);
        using var http = Http(server, handler);
        var client = new DurableChatClient(http, _hasty);
        var chat = await client.CreateChatAsync(new NewChatRequest("count to 200") { Model = "slow" });
        await client.SendAsync(chat.Id, "hello", cancellationToken: TestContext.Current.CancellationToken);
        var text = await ReadAsync(client, chat.Id, messages: 4);
        Assert.True(handler.Requests > 20, $"Only {handler.Requests} requests: hardly anything was cut.");
        var history = await client.ReadAfterAsync(chat.Id);
        Assert.Equal(history.Messages.Select(message => message.Text), text);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_history_that_is_rewritten_is_told_and_comes_anew()
    {
        await using var server = await TestServer.StartAsync();
        using var http = Http(server, new SocketsHttpHandler());
        var client = new DurableChatClient(http, _hasty);
        var chat = await client.CreateChatAsync(new NewChatRequest("one"));
        string? position = null;
        await foreach (var next in client.FollowAsync(chat.Id, cancellationToken: TestContext.Current.CancellationToken))
        {
            position = next.Position ?? position;
            if (next is MessageEvent { Message.Role: "assistant" })
            {
                break;
            }
        }

        await client.EditAsync(chat.Id, 1, "two");
        var seen = new List<string>();
        await foreach (var next in client.FollowAsync(chat.Id, position, cancellationToken: TestContext.Current.CancellationToken))
        {
            seen.AddRange(next switch { HistoryResetEvent => ["reset"], MessageEvent { Message: var message } => [message.Role == "user" ? message.Text : message.Role], _ => Array.Empty<string>() });
            if (seen is [.., "assistant"])
            {
                break;
            }
        }

        Assert.Equal(["reset", "two", "assistant"], seen);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stream_waits_as_long_as_it_is_asked_to_and_gives_up_on_a_refusal()
    {
        await using var server = await TestServer.StartAsync();
        var time = new FakeTimeProvider();
        var refused = new TaskCompletionSource();
        using var handler = new CuttingHandler((_, request) =>
        {
            if (request > 1)
            {
                return Cut.Nothing;
            }

            refused.TrySetResult();
            return new Cut { Status = HttpStatusCode.ServiceUnavailable, RetryAfter = TimeSpan.FromMinutes(2) };
        });
        using var http = Http(server, handler);
        var client = new DurableChatClient(http, new DurableChatClientOptions { TimeProvider = time });
        await using var events = client.FollowAsync(new string('0', 32), cancellationToken: TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        await refused.Task;
        while (handler.Requests == 1 && !next.IsCompleted)
        {
            await Task.Yield();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(time.GetUtcNow() - time.Start, TimeSpan.FromMinutes(2), TimeSpan.FromHours(1));
        var gone = await Assert.ThrowsAsync<DurableChatException>(() => next);
        Assert.Equal(("chat_not_found", HttpStatusCode.NotFound), (gone.Code, gone.Status));
    }

    [Fact(Timeout = 120_000)]
    public async Task Whoever_follows_is_told_of_each_failure_and_from_which_on_they_are_in_a_row()
    {
        await using var server = await TestServer.StartAsync();
        var chat = await server.CreateAsync(new string('x', 3_000), model: "stuck");
        using var handler = new CuttingHandler((_, request) => request switch
        {
            1 or 4 => new Cut { AfterBytes = 1_000 },
            2 or 3 => new Cut { Status = HttpStatusCode.BadGateway },
            _ => Cut.Nothing,
        });
        using var http = Http(server, handler);
        var losses = new List<StreamLoss>();
        await foreach (var next in new DurableChatClient(http, _hasty).FollowAsync(chat, options: new FollowOptions { OnLost = losses.Add }, cancellationToken: TestContext.Current.CancellationToken))
        {
            if (next is MessageEvent)
            {
                break;
            }
        }

        Assert.Equal([1, 2, 3, 1], losses.Select(loss => loss.Failures));
        Assert.Equal(["IOException", "http_502", "http_502", "IOException"], losses.Select(loss => (loss.Failure as DurableChatException)?.Code ?? loss.Failure?.GetType().Name));
        Assert.All(losses, loss => Assert.InRange(loss.Pause, TimeSpan.FromMilliseconds(0.5), _hasty.MaxDelay));
    }

    [Fact(Timeout = 60_000)]
    public async Task One_stream_can_be_given_up_sooner_or_later_than_the_others()
    {
        await using var server = await TestServer.StartAsync();
        var chat = await server.CreateAsync();
        using var handler = new CuttingHandler((_, request) => request <= 5 ? new Cut { Status = HttpStatusCode.BadGateway } : Cut.Nothing);
        using var http = Http(server, handler);
        var hasty = new DurableChatClientOptions { FirstDelay = _hasty.FirstDelay, MaxDelay = _hasty.MaxDelay, MaxOutage = TimeSpan.Zero };
        var lost = await Assert.ThrowsAsync<DurableChatException>(() => FirstAsync(new DurableChatClient(http, hasty), null));
        Assert.Equal(("stream_lost", true, "http_502"), (lost.Code, lost.IsRetryable, (lost.InnerException as DurableChatException)?.Code));
        lost = await Assert.ThrowsAsync<DurableChatException>(() => FirstAsync(new DurableChatClient(http, _hasty), TimeSpan.Zero));
        Assert.Equal(("stream_lost", 2), (lost.Code, handler.Requests));
        Assert.IsType<StatusEvent>(await FirstAsync(new DurableChatClient(http, hasty), Timeout.InfiniteTimeSpan));

        async Task<ChatEvent> FirstAsync(DurableChatClient client, TimeSpan? outage)
        {
            await using var events = client.FollowAsync(chat, options: new FollowOptions { MaxOutage = outage }, cancellationToken: TestContext.Current.CancellationToken).GetAsyncEnumerator();
            await events.MoveNextAsync();
            return events.Current;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_connection_on_which_nothing_comes_is_given_up()
    {
        await using var server = await TestServer.StartAsync();
        var chat = await server.CreateAsync();
        var time = new FakeTimeProvider();
        using var handler = new CuttingHandler((_, request) => new Cut { IsSilent = request == 1 });
        using var http = Http(server, handler);
        await using var events = new DurableChatClient(http, new DurableChatClientOptions { TimeProvider = time }).FollowAsync(chat, cancellationToken: TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        while (handler.Requests < 2 && !next.IsFaulted)
        {
            await Task.Yield();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromSeconds(45));
        Assert.True(await next);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancelling_ends_a_stream_that_has_nothing_to_say()
    {
        await using var server = await TestServer.StartAsync();
        using var http = Http(server, new SocketsHttpHandler());
        var client = new DurableChatClient(http);
        var chat = await client.CreateChatAsync(new NewChatRequest("hello"));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var next in client.FollowAsync(chat.Id, cancellationToken: end.Token))
            {
                if (next is StatusEvent { Status: ChatStatuses.Waiting })
                {
                    await end.CancelAsync();
                }
            }
        });
    }

    [Fact]
    public void What_repeats_is_dropped_what_lacks_something_is_refused_and_older_states_count_only_behind_a_reset()
    {
        var guard = new ChatStreamGuard(null);
        Assert.Equal("m1", Take(guard, Message(1, 0)));
        Assert.Equal("", Take(guard, Message(1, 0)));
        Assert.Equal("gap", Take(guard, Message(3, 2)));
        Assert.Equal("p1", Take(guard, Part(1, 1, 2)));
        Assert.Equal("", Take(guard, Part(1, 2, 2)));
        Assert.Equal("gap", Take(guard, Part(1, 2, 3)));
        Assert.Equal("gap", Take(guard, Part(1, 4, 4)));
        Assert.Equal("p1", Take(guard, Part(1, 3, 3)));
        Assert.Equal("m2", Take(guard, Message(2, 1, 1)));
        Assert.Equal("", Take(guard, Part(1, 4, 4)));
        Assert.Equal("gap", Take(guard, Part(2, 2, 2)));
        Assert.Equal("waiting", Take(guard, Status("waiting", 7)));
        Assert.Equal("", Take(guard, Status("running", 5)));
        Assert.Equal("reset running", Take(guard, new HistoryResetEvent(9)));
        Assert.Equal("m1", Take(guard, Message(1, 0)));

        // A server says the reset first and the states behind it. On the next connection they are of one history with those before.
        Assert.Equal("interrupting", Take(guard, Status("interrupting", 3)));
        guard.BeginConnection();
        Assert.Equal("", Take(guard, Status("running", 2)));
        Assert.Equal("waiting", Take(guard, Status("waiting", 4)));
    }

    private static string Take(ChatStreamGuard guard, ChatEvent next)
    {
        var passed = new List<ChatEvent>();
        return !guard.TryTake(next, passed)
            ? "gap"
            : string.Join(' ', passed.Select(shown => shown switch
            {
                MessageEvent message => $"m{message.Message.Id}",
                MessagePartEvent part => $"p{part.Generation}",
                StatusEvent status => status.Status,
                HistoryResetEvent => "reset",
                _ => "?",
            }));
    }

    private static MessageEvent Message(long id, long previous, long generation = 0) => new(new HistoryMessage(id, previous, "user", [], generation, null, null, null, default));

    private static MessagePartEvent Part(long generation, long first, long seq) => new(generation, first, seq, new MessagePart { Type = MessagePart.TextType, Text = "x" });

    private static StatusEvent Status(string status, long version) => new(status, "", "", false) { Version = version };

    private static HttpClient Http(TestServer server, HttpMessageHandler handler) => new(handler) { BaseAddress = new Uri($"{server.Url}/api/v1") };

    /// <summary>Shows a stream as a client does, and checks what it is promised.</summary>
    private static async Task<List<string>> ReadAsync(DurableChatClient client, string chat, int messages)
    {
        var (texts, preview, last, seq, version) = (new List<string>(), string.Empty, 0L, 0L, 0L);
        await foreach (var next in client.FollowAsync(chat, cancellationToken: TestContext.Current.CancellationToken))
        {
            switch (next)
            {
                case MessageEvent { Message: var message }:
                    Assert.Equal(last, message.PreviousId);
                    Assert.StartsWith(preview, message.Text, StringComparison.Ordinal);
                    last = message.Id;
                    (preview, seq) = (string.Empty, 0);
                    texts.Add(message.Text);
                    break;
                case MessagePartEvent part:
                    Assert.Equal(seq + 1, part.FirstSeq);
                    seq = part.Seq;
                    preview += part.Part.Text;
                    break;
                case StatusEvent status:
                    Assert.True(status.Version > version);
                    version = status.Version;
                    break;
            }

            if (texts.Count == messages)
            {
                return texts;
            }
        }

        return texts;
    }
}
