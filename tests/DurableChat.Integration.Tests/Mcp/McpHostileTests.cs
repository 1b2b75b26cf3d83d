using DurableChat.Mcp;
using DurableChat.Mcp.Connections;
using DurableChat.Mcp.Tools;
using DurableChat.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>Servers that send more than anybody can use, or send their callers elsewhere.</summary>
public sealed class McpHostileTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new(TimeSpan.FromMinutes(1));
    private readonly List<FakeMcpServer> _servers = [];
    private Task? _running;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await _end.CancelAsync();
        await (_running ?? Task.CompletedTask);
        _end.Dispose();
    }

    [Fact]
    public async Task Of_pages_of_tools_without_end_so_many_are_read_as_models_can_be_given()
    {
        var server = await StartAsync(server => server.Page = cursor =>
        {
            var page = int.Parse(cursor ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            return $$""" "tools":[{{Tools(100 * page, 100)}}],"nextCursor":"{{page + 1}}" """;
        });
        var link = await ConnectAsync(server);
        Assert.Equal(McpLimits.MaxTools, link.Tools.Count);
        Assert.Equal(6, server.Pages);
    }

    [Fact]
    public async Task A_tool_is_not_looked_for_without_end()
    {
        var server = await StartAsync(server => server.Page = _ => $$""" "tools":[{{Tools(0, 1)}}],"nextCursor":"next" """);
        var link = await ConnectAsync(server, "another");
        Assert.Empty(link.Tools);
        Assert.Equal(McpLimits.MaxPages, server.Pages);
    }

    [Fact]
    public async Task A_hundred_thousand_tools_on_one_page_do_not_all_reach_the_model()
    {
        var server = await StartAsync(server => server.Tools = Tools(0, 100_000));
        Assert.Equal(McpLimits.MaxTools, (await ConnectAsync(server)).Tools.Count);
        Assert.Equal("tool_99999", Assert.Single((await ConnectAsync(server, "tool_99999")).Tools).Name);
    }

    [Fact]
    public async Task Definitions_are_bounded_in_bytes()
    {
        var large = $$$"""{"name":"large","description":"{{{new string('x', McpLimits.MaxDefinitionBytes / 2)}}}","inputSchema":{"type":"object"}}""";
        var server = await StartAsync(server => server.Page = cursor =>
            $$""" "tools":[{{large.Replace("large", $"large_{cursor}", StringComparison.Ordinal)}}],"nextCursor":"{{cursor}}1" """);
        Assert.Single((await ConnectAsync(server)).Tools);
    }

    [Fact]
    public async Task A_server_that_sends_its_callers_elsewhere_sends_no_key_there()
    {
        var other = await StartAsync();
        var server = await StartAsync(server => server.RedirectsTo = other.Url);
        var link = await ConnectAsync(server);
        Assert.Empty(link.Tools);
        Assert.Equal("secret", server.LastKey);
        Assert.Null(other.LastMethod);
    }

    [Theory]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"", "xxxx", FakeMcpServer.Old)]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"", "xxxx", FakeMcpServer.New)]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/none\"}\n\n", ": a comment, and another\n\n", FakeMcpServer.New)]
    [InlineData("application/json", "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"", "xxxx", FakeMcpServer.New)]
    [InlineData("application/json", "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"content\":[", "{\"type\":\"text\",\"text\":\"\"},", FakeMcpServer.Old)]
    public async Task A_result_without_end_ends_the_call_at_the_limit(string type, string beginning, string repeated, string revision)
    {
        var server = await StartAsync(server => server.Endless = (type, beginning, repeated), revision);
        var link = await ConnectAsync(server);
        var failure = await Assert.ThrowsAsync<ToolInputException>(() => link.Tools[0].InvokeAsync([], _end.Token).AsTask());
        Assert.Equal("The tool's answer is too large, or broke off. The tool may have had effects.", failure.Message);

        // What waits in the buffers of both sides was sent as well.
        Assert.InRange(server.SentWithoutEnd, 0, McpLimits.MaxAnswerBytes + (16 * 1024 * 1024));
    }

    private static string Tools(int first, int count) =>
        string.Join(',', Enumerable.Range(first, count).Select(number => $$$"""{"name":"tool_{{{number}}}","inputSchema":{"type":"object"}}"""));

    private async Task<FakeMcpServer> StartAsync(Action<FakeMcpServer>? configure = null, string revision = FakeMcpServer.Old)
    {
        var server = await FakeMcpServer.StartAsync(revision);
        configure?.Invoke(server);
        _servers.Add(server);
        return server;
    }

    private async Task<McpLink> ConnectAsync(FakeMcpServer server, string allowed = McpServer.AllTools)
    {
        var link = new McpLink(
            new McpServer { Name = "fake", Url = server.Url, AllowedTools = [allowed], Headers = new Dictionary<string, string> { ["X-Api-Key"] = "secret" } },
            TimeSpan.FromHours(1),
            TimeProvider.System,
            NullLoggerFactory.Instance);
        _running = Task.WhenAll(_running ?? Task.CompletedTask, link.RunAsync(_end.Token));
        await link.FirstAttempt.WaitAsync(_end.Token);
        return link;
    }
}
