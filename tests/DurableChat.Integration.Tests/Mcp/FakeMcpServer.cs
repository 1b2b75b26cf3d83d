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

/// <summary>A server of the Model Context Protocol over HTTP that answers as a test wants.</summary>
internal sealed class FakeMcpServer : IAsyncDisposable
{
    /// <summary>The revision with sessions and pings.</summary>
    public const string Old = "2025-11-25";

    /// <summary>The revision without them. Changes are announced to listeners only.</summary>
    public const string New = "2026-07-28";

    private const string Add = """{"name":"add","inputSchema":{"type":"object"}}""";
    private const string Changed = """{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""";
    private const string Acknowledged =
        """{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":{"toolsListChanged":true}}}""";

    private readonly WebApplication _app;
    private readonly string _revision;
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _announcements = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _clientAnswers = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<string> _callResult = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;
    private int _pages;

    private FakeMcpServer(WebApplication app, string revision) => (_app, _revision) = (app, revision);

    public Uri Url => new($"{_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/mcp");

    /// <summary>True once it is to leave all questions open, that of a goodbye included.</summary>
    public bool IsSilent { get; set; }

    /// <summary>False if it refuses pings although its revision has them.</summary>
    public bool HasPing { get; set; } = true;

    /// <summary>Its tools, as JSON with commas.</summary>
    public string Tools { get; set; } = Add;

    /// <summary>True if the first list is empty, and is followed at once by an announcement of a change.</summary>
    public bool ChangesAfterFirstList { get; set; }

    /// <summary>What it asks its client when a tool is called; null for nothing.</summary>
    public string? Question { get; set; }

    /// <summary>
    /// Gives a page of its tools for a cursor, as fields of the result; null for one page with <see cref="Tools"/>.
    /// </summary>
    public Func<string?, string>? Page { get; set; }

    /// <summary>Where it sends everybody; null to answer itself.</summary>
    public Uri? RedirectsTo { get; set; }

    /// <summary>
    /// What it repeats without end as the answer to a call, and as which type; null for an answer that ends.
    /// </summary>
    public (string Type, string Beginning, string Repeated)? Endless { get; set; }

    /// <summary>How many characters of <see cref="Endless"/> it could send.</summary>
    public long SentWithoutEnd { get; private set; }

    /// <summary>The method of the last request; null if none came.</summary>
    public string? LastMethod { get; private set; }

    /// <summary>The key that came with the last request.</summary>
    public string? LastKey { get; private set; }

    /// <summary>How many pages of tools were read.</summary>
    public int Pages => _pages;

    /// <summary>How often clients have connected.</summary>
    public int Connections => _connections;

    public static async Task<FakeMcpServer> StartAsync(string revision = Old)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new FakeMcpServer(builder.Build(), revision);
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

    /// <summary>Gives what the client has answered to <see cref="Question"/>.</summary>
    public async Task<JsonElement> ClientAnswerAsync(CancellationToken cancellationToken) =>
        JsonElement.Parse(await _clientAnswers.Reader.ReadAsync(cancellationToken));

    /// <summary>Says to listeners that the tools have changed.</summary>
    public void Announce() => _announcements.Writer.TryWrite(Changed);

    /// <summary>Ends all calls, with a result as JSON.</summary>
    public void EndCalls(string result) => _callResult.TrySetResult(result);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = HttpMethods.IsPost(context.Request.Method) ? await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body) : default;
        var method = request.ValueKind == JsonValueKind.Object && request.TryGetProperty("method", out var name) ? name.GetString()! : context.Request.Method;
        _asked.Writer.TryWrite(method);
        (LastMethod, LastKey) = (method, context.Request.Headers["X-Api-Key"].ToString());
        if (RedirectsTo is { } elsewhere)
        {
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = elsewhere.ToString();
            return;
        }

        if (IsSilent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }

        if (method is "GET" && _revision == Old)
        {
            await StreamAsync(context, null);
            return;
        }

        if (method is "POST" || !HttpMethods.IsPost(context.Request.Method) || !request.TryGetProperty("id", out var id))
        {
            if (method is "POST")
            {
                _clientAnswers.Writer.TryWrite(request.GetRawText());
            }

            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        await AnswerAsync(context, method, request, id.GetRawText());
    }

    private Task AnswerAsync(HttpContext context, string method, JsonElement request, string id)
    {
        var isOld = _revision == Old;
        switch (method)
        {
            case "initialize" when isOld:
                Interlocked.Increment(ref _connections);
                context.Response.Headers["Mcp-Session-Id"] = "one";
                return WriteAsync(context, Result($$$"""
                    {"protocolVersion":"{{{Old}}}","capabilities":{"tools":{"listChanged":true}},"serverInfo":{"name":"fake","version":"1"}}
                    """));
            case "server/discover" when !isOld:
                Interlocked.Increment(ref _connections);
                return WriteAsync(context, Result($$$"""
                    {"resultType":"complete","ttlMs":0,"cacheScope":"private","capabilities":{"tools":{"listChanged":true}},"supportedVersions":["{{{New}}}"]}
                    """));
            case "subscriptions/listen" when !isOld:
                return StreamAsync(context, Acknowledged);
            case "tools/list" when ChangesAfterFirstList:
                ChangesAfterFirstList = false;
                context.Response.ContentType = "text/event-stream";
                return context.Response.WriteAsync($"data: {Changed}\n\ndata: {Result("""{"tools":[]}""")}\n\n");
            case "tools/list" when Page is { } page:
                Interlocked.Increment(ref _pages);
                var cursor = request.GetProperty("params").TryGetProperty("cursor", out var given) ? given.GetString() : null;
                return WriteAsync(context, Result($$"""{"resultType":"complete","ttlMs":0,"cacheScope":"private",{{page(cursor)}}}"""));
            case "tools/list":
                return WriteAsync(context, Result($$"""{"resultType":"complete","ttlMs":0,"cacheScope":"private","tools":[{{Tools}}]}"""));
            case "tools/call" when Endless is { } endless:
                return SendWithoutEndAsync(context, endless.Type, endless.Beginning.Replace("ID", id, StringComparison.Ordinal), endless.Repeated);
            case "tools/call":
                return CallAsync(context, Result);
            case "ping" when isOld && HasPing:
                return WriteAsync(context, Result("{}"));
            default:
                return WriteAsync(context, $$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":-32601,"message":"There is no method {{{method}}}."}}""");
        }

        string Result(string result) => $$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result.Trim()}}}""";
    }

    private async Task CallAsync(HttpContext context, Func<string, string> result)
    {
        context.Response.ContentType = "text/event-stream";
        if (Question is { } question)
        {
            await context.Response.WriteAsync($"data: {question}\n\n");
        }

        await context.Response.Body.FlushAsync();
        await context.Response.WriteAsync($"data: {result(await _callResult.Task.WaitAsync(context.RequestAborted))}\n\n");
    }

    private async Task SendWithoutEndAsync(HttpContext context, string type, string beginning, string repeated)
    {
        context.Response.ContentType = type;
        await context.Response.WriteAsync(beginning);
        var many = string.Concat(Enumerable.Repeat(repeated, 1 + (64 * 1024 / repeated.Length)));
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.WriteAsync(many, context.RequestAborted);
            SentWithoutEnd += many.Length;
        }
    }

    private static Task WriteAsync(HttpContext context, string answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer);
    }

    private async Task StreamAsync(HttpContext context, string? first)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(first is null ? ": open\n\n" : $"data: {first}\n\n");
        await context.Response.Body.FlushAsync();
        await foreach (var announcement in _announcements.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync($"data: {announcement}\n\n");
            await context.Response.Body.FlushAsync();
        }
    }
}
