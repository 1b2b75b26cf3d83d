using System.Text.Json;
using DurableChat.Mcp;
using DurableChat.Mcp.Tools;
using DurableChat.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>
/// The scenarios for clients of the protocol's own conformance suite. Those about authorization, elicitation and skills
/// are left out: the client has none of them. The suite starts a program, which has the tests connect to the suite's
/// server and call its tools.
/// </summary>
public sealed class McpConformanceTests
{
    [Theory]
    [InlineData("initialize", "2025-11-25")]
    [InlineData("tools_call")]
    [InlineData("sse-retry", "2025-11-25")]
    [InlineData("request-metadata")]
    [InlineData("http-standard-headers")]
    [InlineData("http-custom-headers")]
    [InlineData("http-invalid-tool-headers")]
    [InlineData("json-schema-ref-no-deref")]
    [InlineData("json-schema-2020-12-preservation")]
    public async Task The_client_passes_the_scenario(string scenario, string? onlyRevision = null)
    {
        NodeProgram.Require();
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost("/connect", async context =>
        {
            var task = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: end.Token);
            var server = new McpServer
            {
                Name = "conformance",
                Url = new Uri(task.GetProperty("server").GetString()!),
                AllowedTools = [McpServer.AllTools],
                ProtocolVersion = onlyRevision,
            };
            await context.Response.WriteAsync(await CallToolsAsync(server, task.GetProperty("context"), end.Token));
        });
        await app.StartAsync(end.Token);
        var (code, output) = await NodeProgram.RunAsync(
            ["conformance.js", "client", "--scenario", scenario, "--command", $"node client.js {app.Urls.Single()}/connect"],
            end.Token);
        Assert.True(code == 0, output);

        // A suite without a single check passes too.
        Assert.Matches("Passed: [1-9]", output);
    }

    /// <summary>Connects, and calls the tools that the suite names, or all.</summary>
    private static async Task<string> CallToolsAsync(McpServer server, JsonElement context, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var link = new McpLink(server, TimeSpan.FromMinutes(1), TimeProvider.System, NullLoggerFactory.Instance);
        var running = link.RunAsync(end.Token);
        await link.FirstAttempt;
        var calls = context.ValueKind == JsonValueKind.Object && context.TryGetProperty("toolCalls", out var named)
            ? named.EnumerateArray().Select(call => (Name: call.GetProperty("name").GetString()!, Arguments: call.GetProperty("arguments")))
            : link.Tools.Select(tool => (tool.Name, Arguments: ArgumentsFor(tool.JsonSchema, link.Tools[0].JsonSchema)));
        var results = new List<string>();
        foreach (var (name, arguments) in calls.ToList())
        {
            results.Add($"{name}: {await CallAsync(link.Tools.Single(tool => tool.Name == name), arguments, end.Token)}");
        }

        await end.CancelAsync();
        await running;
        return string.Join('\n', results);
    }

    private static async Task<string> CallAsync(AIFunction tool, JsonElement arguments, CancellationToken cancellationToken)
    {
        try
        {
            return $"{await tool.InvokeAsync(new AIFunctionArguments(ToolArguments.Parse(arguments.GetRawText())), cancellationToken)}";
        }
        catch (ToolInputException exception)
        {
            return $"failed: {exception.Message}";
        }
    }

    /// <summary>
    /// Makes arguments that a schema of plain types allows. One that is any object is the schema of the first tool,
    /// which the suite wants to see as it came.
    /// </summary>
    private static JsonElement ArgumentsFor(JsonElement schema, JsonElement first)
    {
        var arguments = new Dictionary<string, object>();
        foreach (var field in schema.TryGetProperty("properties", out var fields) ? fields.EnumerateObject().ToList() : [])
        {
            var type = field.Value.TryGetProperty("type", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
            arguments[field.Name] = type switch
            {
                "number" or "integer" => 5,
                "boolean" => true,
                "object" => first,
                _ => "text",
            };
        }

        return JsonSerializer.SerializeToElement(arguments);
    }
}
