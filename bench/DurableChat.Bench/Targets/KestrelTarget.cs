using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using DurableChat.Bench.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DurableChat.Bench.Targets;

/// <summary>
/// What Kestrel alone can do: a plain endpoint for either transport that sends shared bytes, all that are ready in one
/// flush.
/// </summary>
internal sealed class KestrelTarget : ITarget
{
    private static readonly byte[] _ready = Encoding.ASCII.GetBytes(TargetSpec.ReadyText);
    private readonly EventTemplate[] _frames = [
        EventTemplate.Sse(EventKind.Message), EventTemplate.Sse(EventKind.Part),
    ];
    private readonly EventTemplate[] _json = [
        EventTemplate.Json(EventKind.Message), EventTemplate.Json(EventKind.Part),
    ];
    private WebApplication? _app;
    private (SharedLog Frames, SharedLog Json)[] _chats = [];
    private bool _isWebSocket;

    /// <inheritdoc/>
    public Task<int> StartAsync(int chats)
    {
        _chats = [.. Enumerable.Range(0, chats).Select(_ => (new SharedLog(), new SharedLog()))];
        _app = PlainHost.CreateBuilder().Build();
        _app.UseWebSockets();
        _app.Run(ServeAsync);
        return PlainHost.StartAsync(_app);
    }

    /// <inheritdoc/>
    public void Publish(EventKind kind, int chat)
    {
        var (log, template) = _isWebSocket
            ? (_chats[chat].Json, _json[(int)kind])
            : (_chats[chat].Frames, _frames[(int)kind]);
        log.Publish(template.Stamp(Stopwatch.GetTimestamp()));
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task ServeAsync(HttpContext context)
    {
        var (frames, json) = _chats[PlainHost.ChatOf(context)];
        try
        {
            if (context.WebSockets.IsWebSocketRequest)
            {
                _isWebSocket = true;
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await SendAsync(socket, json, context.RequestAborted);
            }
            else
            {
                await SendAsync(context, frames);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // The subscriber has gone.
        }
    }

    private static async Task SendAsync(HttpContext context, SharedLog log)
    {
        var next = log.Head;
        context.Response.ContentType = "text/event-stream";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        var body = context.Response.BodyWriter;
        body.Write(_ready);
        while (true)
        {
            await body.FlushAsync(context.RequestAborted);
            await log.WaitAsync(next).WaitAsync(context.RequestAborted);
            for (; next < log.Head; next++)
            {
                body.Write(log[next]);
            }
        }
    }

    private static async Task SendAsync(WebSocket socket, SharedLog log, CancellationToken gone)
    {
        var next = log.Head;
        await socket.SendAsync(_ready.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, gone);
        while (true)
        {
            await log.WaitAsync(next).WaitAsync(gone);
            for (; next < log.Head; next++)
            {
                await socket.SendAsync(log[next].AsMemory(), WebSocketMessageType.Text, endOfMessage: true, gone);
            }
        }
    }
}
