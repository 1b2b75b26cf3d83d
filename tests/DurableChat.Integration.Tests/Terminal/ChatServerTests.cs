using System.Net;
using DurableChat.Client;
using DurableChat.Integration.Tests.Client;
using DurableChat.Integration.Tests.Http;
using DurableChat.Server.Terminal;
using Xunit;

namespace DurableChat.Integration.Tests.Terminal;

/// <summary>What people in a terminal are told of a server, and how long they wait for it.</summary>
public sealed class ChatServerTests
{
    private const string Url = "http://127.0.0.1:9/";

    [Fact(Timeout = 60_000)]
    public async Task Stopping_what_does_not_run_is_no_failure_and_stopping_what_does_not_exist_is()
    {
        await using var running = await TestServer.StartAsync();
        using var server = new ChatServer(new ClientSettings(new Uri($"{running.Url}/"), null), TimeProvider.System);
        var chat = await running.CreateAsync(model: "stuck");
        await server.StopAsync(chat, TestContext.Current.CancellationToken);
        await running.FollowAsync(chat, screen => screen.Status == "waiting");
        await server.StopAsync(chat, TestContext.Current.CancellationToken);
        var gone = await Assert.ThrowsAsync<DurableChatException>(() => server.StopAsync(new string('f', 32), TestContext.Current.CancellationToken));
        Assert.Equal("There is no such chat.", server.Explain(gone));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_is_away_is_waited_for_and_then_named()
    {
        var time = new HurryingTime(longestPause: TimeSpan.FromSeconds(10));
        using var server = new ChatServer(new ClientSettings(new Uri(Url), null), time);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => server.Client.ListModelsAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith($"{Url}api/v1/ cannot be reached: Connection refused", server.Explain(failure), StringComparison.Ordinal);
        Assert.InRange(time.Elapsed, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_question_whose_server_goes_away_is_given_up()
    {
        var time = new HurryingTime(longestPause: TimeSpan.FromSeconds(10));
        var running = await TestServer.StartAsync();
        using var server = new ChatServer(new ClientSettings(new Uri($"{running.Url}/"), null), time);
        var chat = await running.CreateAsync(model: "stuck");
        var asking = new Question(server, TextWriter.Null, null).AskAsync(
            chat, "hello", new AnswerWish(), TestContext.Current.CancellationToken);
        await foreach (var next in new DurableChatClient(running.Http).FollowAsync(chat, cancellationToken: TestContext.Current.CancellationToken))
        {
            if (next is QueueEvent { Queue.Count: 1 })
            {
                break;
            }
        }

        await running.DisposeAsync();
        var failure = await Assert.ThrowsAsync<DurableChatException>(() => asking);
        Assert.Contains("/api/v1/ cannot be reached: Connection refused", server.Explain(failure), StringComparison.Ordinal);
        Assert.InRange(time.Elapsed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(41));
    }

    [Fact]
    public void What_does_not_come_from_the_server_is_told_with_the_address()
    {
        using var server = new ChatServer(new ClientSettings(new Uri(Url), null), TimeProvider.System);
        var silent = new HttpRequestException("It took too long.", new OperationCanceledException());
        Assert.Equal($"{Url}api/v1/ cannot be reached: it does not answer.", server.Explain(silent));
        var proxy = new DurableChatException("http_502", "A proxy's own words.") { Status = HttpStatusCode.BadGateway };
        Assert.Equal($"{Url}api/v1/ answered with 502 Bad Gateway.", server.Explain(proxy));
        Assert.Equal($"{Url}api/v1/ answered with 502 Bad Gateway.", server.Explain(new DurableChatException("stream_lost", "For too long.", proxy)));
        var garbled = new DurableChatException("bad_response", "It cannot be read.", new FormatException("An x is no number."));
        Assert.Equal($"{Url}api/v1/ gave an answer that cannot be understood: An x is no number.", server.Explain(garbled));
    }
}
