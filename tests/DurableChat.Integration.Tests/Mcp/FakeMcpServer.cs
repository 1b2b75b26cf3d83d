using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>A server of the Model Context Protocol over HTTP that answers as a test wants. It has one tool, <c>add</c>, once it has said that its tools have changed.</summary>
internal sealed class FakeMcpServer : IAsyncDisposable
{
    private const string Changed = """{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""";

    private readonly WebApplication _app;
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();
    private int _lists;

    private FakeMcpServer(WebApplication app) => _app = app;

    public Uri Url => new($"{_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/mcp");

    /// <summary>True once it is to leave all questions open, that of a goodbye included.</summary>
    public bool IsSilent { get; set; }

    public static async Task<FakeMcpServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new FakeMcpServer(builder.Build());
        server._app.Map("/mcp", server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Waits for the next request of one of the methods.</summary>
    public async Task WaitForAsync(string[] methods, CancellationToken cancellationToken)
    {
        while (await _asked.Reader.ReadAsync(cancellationToken) is var asked && !methods.Contains(asked))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = HttpMethods.IsPost(context.Request.Method) ? await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body) : default;
        var method = request.ValueKind == JsonValueKind.Object ? request.GetProperty("method").GetString()! : context.Request.Method;
        _asked.Writer.TryWrite(method);
        if (IsSilent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }

        if (!HttpMethods.IsPost(context.Request.Method) || !request.TryGetProperty("id", out var id))
        {
            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status202Accepted;
            return;
        }

        var isFirstList = method == "tools/list" && _lists++ == 0;
        var answer = method switch
        {
            "initialize" => Result($$$"""{"protocolVersion":"{{{request.GetProperty("params").GetProperty("protocolVersion").GetString()}}}","capabilities":{"tools":{"listChanged":true}},"serverInfo":{"name":"fake","version":"1"}}"""),
            "tools/list" => Result(isFirstList ? """{"tools":[]}""" : """{"tools":[{"name":"add","inputSchema":{"type":"object"}}]}"""),
            "ping" => Result("{}"),
            _ => $$$"""{"jsonrpc":"2.0","id":{{{id.GetRawText()}}},"error":{"code":-32601,"message":"There is no such method."}}""",
        };
        context.Response.Headers["Mcp-Session-Id"] = "one";
        context.Response.ContentType = isFirstList ? "text/event-stream" : "application/json";
        await context.Response.WriteAsync(isFirstList ? $"data: {Changed}\n\ndata: {answer}\n\n" : answer);

        string Result(string result) => $$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},"result":{{result}}}""";
    }
}
