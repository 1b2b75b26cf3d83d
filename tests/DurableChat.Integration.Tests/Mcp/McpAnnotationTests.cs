using System.Text.Json.Nodes;
using DurableChat.Mcp;
using DurableChat.Mcp.Connections;
using DurableChat.Mcp.Tools;
using DurableChat.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>Results with all that the protocol lets a server add to them, over real connections.</summary>
public sealed class McpAnnotationTests
{
    private const string Annotations = """ "annotations":{"audience":["user","assistant"],"priority":0.5,"lastModified":"2026-01-12T15:00:58Z"} """;
    private const string Meta = """ "_meta":{"a":1,"annotations":{"b":2}} """;

    [Theory]
    [InlineData("""{"type":"text","text":"plain"}""", "plain")]
    [InlineData("""{"type":"image","data":"UmF3IGJ5dGVzLg==","mimeType":"image/png"}""", "[image, image/png, 10 bytes; the content is not shown]")]
    [InlineData("""{"type":"audio","data":"UmF3IGJ5dGVzLg==","mimeType":"audio/wav"}""", "[audio, audio/wav, 10 bytes; the content is not shown]")]
    [InlineData("""{"type":"resource","resource":{"uri":"file:///a.txt","text":"inside","_meta":{"a":1}}}""", "[resource: file:///a.txt]\ninside")]
    [InlineData(
        """{"type":"resource_link","uri":"https://example.com/r","name":"r","icons":[{"src":"https://example.com/i.png","mimeType":"image/png","sizes":["48x48"]}]}""",
        "[link to r, https://example.com/r; the content is not shown]")]
    public async Task A_block_is_read_whatever_is_added_to_it(string block, string expected)
    {
        await Task.WhenAll(Answers().Select(async answer => Assert.Equal(expected, await CallAsync(answer.Revision, answer.Result))));

        IEnumerable<(string Revision, string Result)> Answers()
        {
            foreach (var revision in (string[])[FakeMcpServer.Old, FakeMcpServer.New])
            {
                yield return (revision, Result($"{block[..^1]},{Annotations}}}"));
                yield return (revision, Result($"{block[..^1]},{Meta}}}"));
                yield return (revision, Result(block, Meta));
                yield return (revision, Result($"{{{Annotations},{Meta},{block[1..]}", Meta));
            }
        }
    }

    [Theory]
    [InlineData("""{"audience":["robot"],"priority":"high","lastModified":"yesterday"}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"audience":["user"]},"annotations":{"audience":["user"]}""")]
    [InlineData("""{"audience":["user"]},"\u0061nnotations":{"audience":["user"]}""")]
    public async Task Annotations_that_are_wrong_do_no_harm(string annotations) =>
        Assert.Equal("plain", await CallAsync(FakeMcpServer.Old, Result($$"""{"type":"text","text":"plain","annotations":{{annotations}}}""")));

    [Fact]
    public async Task A_structured_result_keeps_what_only_looks_like_annotations()
    {
        const string Structured = """{"content":[{"annotations":[1]}],"page":{"inner":{"annotations":{"of":"a page"}}}}""";
        var text = await CallAsync(
            FakeMcpServer.New,
            $$"""{"resultType":"complete","content":[{"type":"text","text":"repeated",{{Annotations}}}],"structuredContent":{{Structured}},{{Meta}}}""");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Structured), JsonNode.Parse(text)), text);
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_fails_its_call_and_not_the_connection()
    {
        await using var server = await FakeMcpServer.StartAsync();
        await using var connected = await Connected.OpenAsync(server);
        server.EndCalls(Result($$"""{"type":"text","text":"\ud800",{{Annotations}}}"""));
        var failure = await Assert.ThrowsAsync<ToolInputException>(() => connected.CallAsync());
        Assert.Equal("The tool's answer cannot be read. The tool may have had effects.", failure.Message);
        Assert.False(connected.Connection.IsLost);
    }

    private static string Result(string block, string? member = null) =>
        $$"""{"resultType":"complete","content":[{{block}}]{{(member is null ? string.Empty : $",{member}")}}}""";

    private static async Task<string> CallAsync(string revision, string result)
    {
        await using var server = await FakeMcpServer.StartAsync(revision);
        await using var connected = await Connected.OpenAsync(server);
        server.EndCalls(result);
        return await connected.CallAsync();
    }

    /// <summary>A connection, and the server's only tool.</summary>
    private sealed class Connected(HttpClient http, McpConnection connection, McpToolList list) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(1));

        public McpConnection Connection => connection;

        public static async Task<Connected> OpenAsync(FakeMcpServer server)
        {
            var settings = new McpServer { Name = "fake", Url = server.Url, AllowedTools = [McpServer.AllTools] };
            var http = McpTransports.CreateHttpClient();
            var connection = await McpConnection.OpenAsync(settings, http, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
            var list = new McpToolList(settings, NullLogger.Instance);
            await list.UpdateAsync(connection, TestContext.Current.CancellationToken);
            return new Connected(http, connection, list);
        }

        public async Task<string> CallAsync() => (string)(await list.Tools.Single().InvokeAsync([], _patience.Token))!;

        public async ValueTask DisposeAsync()
        {
            await connection.Client.DisposeAsync();
            http.Dispose();
            _patience.Dispose();
        }
    }
}
