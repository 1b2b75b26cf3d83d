using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Mcp;
using DurableChat.Mcp.Connections;
using DurableChat.Mcp.Tools;
using DurableChat.Models;
using DurableChat.Providers.Tests.Cases;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// What an MCP server may answer. A call gives a text, or a failure that says something to the model.
/// </summary>
public sealed class McpFuzzTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private static readonly string[] _results =
    [
        """{"content":[{"type":"text","text":"plain","annotations":{"audience":["user"],"priority":1}}],"isError":false,"_meta":{"a":1}}""",
        """{"content":[{"type":"image","data":"UmF3IGJ5dGVzLg==","mimeType":"image/png"},{"type":"audio","data":"UmF3IGJ5dGVzLg==","mimeType":"audio/wav"}]}""",
        """{"content":[{"type":"resource","resource":{"uri":"file:///a.txt","mimeType":"text/plain","text":"inside"}},{"type":"resource","resource":{"uri":"file:///a.zip","blob":"UmF3IGJ5dGVzLg=="}}]}""",
        """{"content":[{"type":"resource_link","uri":"https://example.com/report","name":"report","mimeType":"text/csv","size":7}],"isError":true}""",
        """{"content":[{"type":"text","text":"{\"sum\":3}"}],"structuredContent":{"sum":3}}""",
    ];

    private static readonly string[] _tools =
    [
        """{"tools":[{"name":"add","title":"Add","description":"Adds.","inputSchema":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},"outputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}},{"name":"a b","inputSchema":{"type":"object"}}]}""",
        """{"tools":[{"name":"add","inputSchema":{"type":"object"}}],"nextCursor":"x"}""",
    ];

    [Fact]
    public Task Any_result_becomes_a_text() => Fuzz.RunAsync("MCP: results", 3_000, 50, mangler =>
    {
        CallToolResult? result;
        try
        {
            // The library reads messages as text, so that all bytes are valid when they come here.
            var text = Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(mangler.Pick(_results))));
            McpResultFilter.Filter(JsonNode.Parse(text));
            result = JsonSerializer.Deserialize<CallToolResult>(text, McpJsonUtilities.DefaultOptions);
        }
        catch (JsonException)
        {
            return "refused";
        }

        if (result is null)
        {
            return "null";
        }

        McpResultText.Of(result);
        return "read";
    });

    [Fact]
    public async Task A_server_that_speaks_nonsense_fails_its_calls_and_nothing_else()
    {
        using var leaks = new Leaks();
        await Fuzz.RunAsync("MCP: servers", 300, 15, async mangler =>
        {
            var server = new McpServer { Name = "s", Url = new Uri("http://mcp.test/mcp"), AllowedTools = [McpServer.AllTools] };
            using var http = new HttpClient(new McpLimitHandler(new Server(mangler)));
            using var patience = new CancellationTokenSource(_patience, TimeProvider.System);
            McpConnection connection;
            try
            {
                connection = await McpConnection.OpenAsync(server, http, TimeProvider.System, NullLoggerFactory.Instance, patience.Token);
            }
            catch (Exception exception) when (!patience.IsCancellationRequested && exception is not NullReferenceException)
            {
                // The link catches everything, and tries again.
                return "not connected";
            }

            await using var client = connection.Client;
            var list = new McpToolList(server, NullLogger.Instance);
            try
            {
                await list.UpdateAsync(connection, patience.Token);
            }
            catch (Exception exception) when (!patience.IsCancellationRequested && exception is not NullReferenceException)
            {
                return "no tools";
            }

            return list.Tools is [var tool, ..] ? await CallAsync(tool, patience.Token) : "no tool";
        });
        leaks.AssertNone();
    }

    private static async Task<string> CallAsync(AIFunction tool, CancellationToken patience)
    {
        try
        {
            Assert.IsType<string>(await tool.InvokeAsync(new AIFunctionArguments { ["a"] = 1 }, patience));
            return "answered";
        }
        catch (ToolInputException exception)
        {
            Assert.NotEmpty(exception.Message);
            return "failed";
        }
    }

    /// <summary>Answers each request with its id, at least before something is done to the answer.</summary>
    private sealed class Server(Mangler mangler) : HttpMessageHandler
    {
        private const string Welcome =
            """{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true}},"serverInfo":{"name":"s","version":"1"},"instructions":"i"}""";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Post)
            {
                return new HttpResponseMessage(HttpStatusCode.MethodNotAllowed);
            }

            var asked = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
            if (asked["id"] is not { } id)
            {
                return new HttpResponseMessage(HttpStatusCode.Accepted);
            }

            var (result, percent) = (string?)asked["method"] switch
            {
                "initialize" => (Welcome, 5),
                "tools/list" => (mangler.Pick(_tools), 20),
                "tools/call" => (mangler.Pick(_results), 90),
                _ => (null, 5),
            };
            var answer = Encoding.UTF8.GetBytes(result is not null && mangler.Chance(97)
                ? $$"""{"jsonrpc":"2.0","id":{{id.ToJsonString()}},"result":{{result}}}"""
                : $$"""{"jsonrpc":"2.0","id":{{id.ToJsonString()}},"error":{"code":-32601,"message":"no","data":{"a":1} } }""");
            answer = mangler.Chance(percent) ? mangler.Mangle(answer) : answer;
            var isStream = mangler.Chance(50);
            if (isStream)
            {
                answer = [.. "event: message\ndata: "u8, .. answer, .. "\n\n"u8];
                answer = mangler.Chance(percent / 2) ? mangler.MangleEvents(answer) : answer;
            }

            var response = new HttpResponseMessage(mangler.Chance(98) ? HttpStatusCode.OK : (HttpStatusCode)(200 + mangler.Next(400)))
            {
                Content = new StreamContent(new PiecewiseStream(answer, mangler.Chance(30) ? 1 + mangler.Next(40) : int.MaxValue)),
            };
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(isStream ? "text/event-stream" : "application/json");
            return response;
        }
    }
}
