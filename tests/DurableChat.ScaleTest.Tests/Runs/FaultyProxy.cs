using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>Stands between the test and a server, and spoils what passes: the checker must notice.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = int.MaxValue }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly WebApplication _app;
    private readonly Uri _server;
    private readonly Fault _fault;

    private FaultyProxy(Uri server, Fault fault)
    {
        _server = server;
        _fault = fault;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ForwardAsync);
    }

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<FaultyProxy> StartAsync(Uri server, Fault fault)
    {
        var proxy = new FaultyProxy(server, fault);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_server, context.Request.Path + context.Request.QueryString));
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        if (context.Request.Headers.TryGetValue("Idempotency-Key", out var key))
        {
            request.Headers.Add("Idempotency-Key", key.ToString());
        }

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            var path = context.Request.Path.Value!;
            if (path.EndsWith("/stream", StringComparison.Ordinal))
            {
                await PassFramesAsync(await response.Content.ReadAsStreamAsync(context.RequestAborted), context.Response);
            }
            else
            {
                var body = await response.Content.ReadAsStringAsync(context.RequestAborted);
                await context.Response.WriteAsync(context.Request.Method == "GET" && path.EndsWith("/messages", StringComparison.Ordinal) ? Spoil(body) : body, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has gone.
        }
    }

    private async Task PassFramesAsync(Stream stream, HttpResponse response)
    {
        var frames = new FaultyFrames(_fault);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var frame = new StringBuilder();
        while (await reader.ReadLineAsync(response.HttpContext.RequestAborted) is { } line)
        {
            frame.Append(line).Append('\n');
            if (line.Length > 0)
            {
                continue;
            }

            foreach (var passed in frames.Pass(frame.ToString()))
            {
                await response.WriteAsync(passed, response.HttpContext.RequestAborted);
            }

            await response.Body.FlushAsync(response.HttpContext.RequestAborted);
            frame.Clear();
        }
    }

    private string Spoil(string body)
    {
        var page = JsonNode.Parse(body)!;
        var messages = page["messages"]!.AsArray();
        switch (_fault)
        {
            case Fault.DropFromHistory when messages.Count > 2:
                messages.RemoveAt(2);
                break;
            case Fault.ChangeHistory when messages.Count > 2:
                messages[1]!["parts"]![0]!["text"] = "something else";
                break;
        }

        return page.ToJsonString();
    }
}
