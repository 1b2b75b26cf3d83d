using DurableChat.Mcp;
using DurableChat.Mcp.Connections;
using DurableChat.Mcp.Tools;
using DurableChat.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>The connection to a server, of which everything can be expected.</summary>
public sealed class McpLinkTests : IAsyncDisposable
{
    /// <summary>A little more than a minute, so that no other wait has this length.</summary>
    private static readonly TimeSpan _pingInterval = TimeSpan.FromSeconds(61);

    private readonly CancellationTokenSource _end = new(TimeSpan.FromSeconds(30));
    private readonly WatchedTime _time = new();
    private FakeMcpServer? _server;
    private Task? _running;

    public async ValueTask DisposeAsync()
    {
        // Before the link, or a silent server would hold its goodbye.
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _end.CancelAsync();
        await (_running ?? Task.CompletedTask);

        _end.Dispose();
    }

    [Theory]
    [InlineData(FakeMcpServer.Old, true, "ping")]
    [InlineData(FakeMcpServer.Old, false, "ping")]
    [InlineData(FakeMcpServer.New, false, "tools/list")]
    public async Task A_server_that_answers_is_kept_and_a_call_of_minutes_comes_to_its_end(string revision, bool hasPing, string check)
    {
        var (server, link) = await ConnectAsync(revision, server => server.HasPing = hasPing);
        var call = link.Tools[0].InvokeAsync([], _end.Token).AsTask();
        await server.WaitForAsync(["tools/call"], _end.Token);
        for (var minute = 1; minute <= 10; minute++)
        {
            await _time.PassAsync(_pingInterval, _end.Token);
            await server.WaitForAsync([check], _end.Token);
            if (minute == 3)
            {
                server.EndCalls("""{"content":[{"type":"text","text":"three minutes"}]}""");
                Assert.Equal("three minutes", await call);
            }
        }

        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(FakeMcpServer.Old)]
    [InlineData(FakeMcpServer.New)]
    public async Task A_change_of_the_tools_is_seen_at_once(string revision)
    {
        var (server, link) = await ConnectAsync(revision);
        if (revision == FakeMcpServer.Old)
        {
            await server.WaitForAsync(["GET"], _end.Token);
        }

        server.Tools = """{"name":"add","inputSchema":{"type":"object"}},{"name":"divide","inputSchema":{"type":"object"}}""";
        server.Announce();
        await WaitForToolsAsync(link, 2);
    }

    [Fact]
    public async Task A_change_that_is_not_announced_is_seen_with_the_next_sign_of_life()
    {
        var (server, link) = await ConnectAsync(FakeMcpServer.New);
        server.Tools = string.Empty;
        await _time.PassAsync(_pingInterval, _end.Token);
        await WaitForToolsAsync(link, 0);
    }

    [Theory]
    [InlineData(FakeMcpServer.Old)]
    [InlineData(FakeMcpServer.New)]
    public async Task A_change_right_after_the_first_list_is_seen(string revision)
    {
        var (_, link) = await ConnectAsync(revision, server => server.ChangesAfterFirstList = true);
        await WaitForToolsAsync(link, 1);
        Assert.Equal("add", link.Tools[0].Name);
    }

    [Theory]
    [InlineData(FakeMcpServer.Old, "ping")]
    [InlineData(FakeMcpServer.New, "tools/list")]
    public async Task A_server_that_falls_silent_is_connected_to_again_and_a_call_in_flight_is_not_cut_off(string revision, string check)
    {
        var (server, link) = await ConnectAsync(revision);
        var (old, call) = (link.Tools[0], link.Tools[0].InvokeAsync([], _end.Token).AsTask());
        await server.WaitForAsync(["tools/call"], _end.Token);
        server.IsSilent = true;
        await _time.PassAsync(_pingInterval, _end.Token);
        await server.WaitForAsync([check], _end.Token);
        await _time.PassAsync(TimeSpan.FromSeconds(30), _end.Token);
        await _time.PassAsync(TimeSpan.FromSeconds(1), _end.Token);
        await server.WaitForAsync(["server/discover"], _end.Token);

        // Nothing more is sent over the lost connection.
        await Assert.ThrowsAsync<ToolInputException>(() => old.InvokeAsync([], _end.Token).AsTask());
        server.EndCalls("""{"content":[{"type":"text","text":"late"}]}""");
        Assert.Equal("late", await call);
    }

    [Theory]
    [InlineData("elicitation/create")]
    [InlineData("sampling/createMessage")]
    [InlineData("roots/list")]
    public async Task What_a_server_asks_of_its_client_is_refused_with_an_error_and_the_call_goes_on(string method)
    {
        var (server, link) = await ConnectAsync(FakeMcpServer.Old, server => server.Question = Question(method));
        var call = link.Tools[0].InvokeAsync([], _end.Token).AsTask();
        var error = (await server.ClientAnswerAsync(_end.Token)).GetProperty("error");
        Assert.Equal(-32601, error.GetProperty("code").GetInt32());
        Assert.Contains(method, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        server.EndCalls("""{"content":[{"type":"text","text":"without it"}]}""");
        Assert.Equal("without it", await call);
    }

    [Fact]
    public async Task A_tool_that_asks_for_input_instead_of_answering_fails_with_a_sentence_for_the_model()
    {
        var (server, link) = await ConnectAsync(FakeMcpServer.New);
        server.EndCalls("""
            {"resultType":"input_required","inputRequests":{"who":{"method":"elicitation/create","params":{"message":"Who?","requestedSchema":{"type":"object","properties":{}}}}}}
            """);
        var failure = await Assert.ThrowsAsync<ToolInputException>(() => link.Tools[0].InvokeAsync([], _end.Token).AsTask());
        Assert.Equal("The tool asked for input from the user or a model, which is not supported here.", failure.Message);
    }

    [Fact]
    public void A_call_over_HTTP_has_no_time_limit_but_that_of_tools()
    {
        using var http = McpTransports.CreateHttpClient();
        Assert.Equal(Timeout.InfiniteTimeSpan, http.Timeout);
    }

    private static string Question(string method) => $$$"""{"jsonrpc":"2.0","id":77,"method":"{{{method}}}","params":{}}""";

    private async Task<(FakeMcpServer Server, McpLink Link)> ConnectAsync(string revision, Action<FakeMcpServer>? configure = null)
    {
        _server = await FakeMcpServer.StartAsync(revision);
        configure?.Invoke(_server);
        var link = new McpLink(
            new McpServer { Name = "fake", Url = _server.Url, AllowedTools = [McpServer.AllTools] },
            _pingInterval,
            _time,
            NullLoggerFactory.Instance);
        _running = link.RunAsync(_end.Token);
        await link.FirstAttempt;
        if (revision == FakeMcpServer.New)
        {
            // The list that follows the acknowledgement of the subscription.
            await _server.WaitForAsync(["subscriptions/listen"], _end.Token);
            await _server.WaitForAsync(["tools/list"], _end.Token);
        }

        return (_server, link);
    }

    /// <summary>
    /// Waits for a number of tools. The pauses are real but tiny: they only let the other threads run.
    /// </summary>
    private async Task WaitForToolsAsync(McpLink link, int count)
    {
        while (link.Tools.Count != count)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, _end.Token);
        }
    }
}
