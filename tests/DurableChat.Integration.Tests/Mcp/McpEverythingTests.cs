using System.Collections.Concurrent;
using System.Text.Json;
using DurableChat.Mcp;
using DurableChat.Mcp.Tools;
using DurableChat.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>The protocol's own server that has one of everything, as a program.</summary>
public sealed class McpEverythingTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _end = new(TimeSpan.FromSeconds(60));
    private McpLink? _link;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        NodeProgram.Require();
        var server = new McpServer
        {
            Name = "everything",
            Command = "node",
            Arguments = ["node_modules/@modelcontextprotocol/server-everything/dist/index.js"],
            WorkingDirectory = NodeProgram.Folder,
            AllowedTools = [McpServer.AllTools],
        };
        _link = new McpLink(server, TimeSpan.FromMinutes(1), TimeProvider.System, NullLoggerFactory.Instance);
        _running = _link.RunAsync(_end.Token);
        await _link.FirstAttempt;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
    }

    [Fact]
    public async Task Text_comes_as_text() => Assert.Equal("Echo: hello", await CallAsync("echo", new { message = "hello" }));

    [Fact]
    public async Task A_structured_result_comes_as_JSON()
    {
        var weather = JsonElement.Parse(await CallAsync("get-structured-content", new { location = "Chicago" }));
        Assert.Equal(36, weather.GetProperty("temperature").GetInt32());
    }

    [Fact]
    public async Task An_image_is_named_between_the_texts_around_it()
    {
        var lines = (await CallAsync("get-tiny-image", new { })).Split('\n');
        Assert.Equal("Here's the image you requested:", lines[0]);
        Assert.Matches(@"^\[image, image/png, \d+ bytes; the content is not shown\]$", lines[1]);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task Links_and_resources_are_named()
    {
        Assert.Contains("[link to ", await CallAsync("get-resource-links", new { count = 2 }), StringComparison.Ordinal);
        Assert.Contains("[resource demo://", await CallAsync("get-resource-reference", new { resourceType = "Blob", resourceId = 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blocks_with_annotations_are_read() =>
        Assert.Matches(
            @"^Error: [^\n]+\n\[image, image/png, \d+ bytes; the content is not shown\]$",
            await CallAsync("get-annotated-message", new { messageType = "error", includeImage = true }));

    [Fact]
    public async Task Progress_of_a_call_is_reported()
    {
        var texts = new Texts();
        await CallAsync("trigger-long-running-operation", new { duration = 0.1, steps = 2 }, texts);
        Assert.Contains("1/2", texts.All);
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_are_an_error_that_says_which() =>
        Assert.Contains("message", (await Assert.ThrowsAsync<ToolInputException>(() => CallAsync("echo", new { }))).Message, StringComparison.Ordinal);

    [Fact]
    public void Tools_that_need_what_the_client_does_not_declare_are_not_offered()
    {
        Assert.NotEmpty(_link!.Tools);
        Assert.DoesNotContain(_link.Tools, tool => tool.Name.Contains("sampling", StringComparison.Ordinal) || tool.Name.Contains("elicitation", StringComparison.Ordinal));
    }

    private async Task<string> CallAsync(string name, object values, IProgress<string>? progress = null)
    {
        var arguments = new AIFunctionArguments(ToolArguments.Parse(JsonSerializer.Serialize(values)))
        {
            Context = new Dictionary<object, object?> { [ToolRegistry.Progress] = progress },
        };
        return (string)(await _link!.Tools.Single(tool => tool.Name == name).InvokeAsync(arguments, _end.Token))!;
    }

    private sealed class Texts : IProgress<string>
    {
        public ConcurrentQueue<string> All { get; } = [];

        public void Report(string value) => All.Enqueue(value);
    }
}
