using System.Net.WebSockets;
using DurableChat.AspNetCore.WebSockets;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore;

/// <summary>
/// Writes events as WebSocket text messages: the same JSON as over Server-Sent Events. A client that takes too little for too long, answers no ping, or sends more than pings and a close, is cut off. Thread-safe.
/// </summary>
internal sealed partial class WebSocketWriter(DurableChatHttpOptions options, StallGuard stall, TimeProvider time, ILogger<WebSocketWriter> logger)
{
    /// <summary>How much goes out in one frame: a large message is several, so that a client that is slow, but reads, is not taken for one that does not.</summary>
    private const int BytesPerFrame = 32 * 1024;

    private static readonly TimeSpan _closeTime = TimeSpan.FromSeconds(2);

    /// <summary>Accepts the upgrade and writes until the source ends, the client goes, or <paramref name="end"/> says so.</summary>
    public async Task WriteAsync(HttpContext context, IEventSource source, CancellationToken end)
    {
        var meter = new ClientMeter(options.MaxWebSocketBytesPerMinute, time);
        await MeteredUpgrade.PrepareAsync(context, meter);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = options.HeartbeatInterval,
            KeepAliveTimeout = options.PingTimeout,
        });
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(end);
        var client = new ClientListener(socket, meter, gone);
        var listening = client.RunAsync();
        var (status, reason) = (WebSocketCloseStatus.NormalClosure, "The chat is gone.");
        try
        {
            await WriteEventsAsync(context, socket, source, gone.Token);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            (status, reason) = client.Violation is { } violation
                ? (WebSocketCloseStatus.PolicyViolation, violation)
                : (WebSocketCloseStatus.EndpointUnavailable, "Connect again.");
        }
        catch (Exception exception) when (exception is ChatStoreException or TimeoutException)
        {
            LogStorageUnavailable(exception);
            (status, reason) = (WebSocketCloseStatus.InternalServerError, "The database is not available just now.");
        }
        catch (WebSocketException)
        {
            // The client has gone without a word.
        }

        await CloseAsync(socket, status, reason, listening);
        await gone.CancelAsync();
        await listening;
    }

    private async Task WriteEventsAsync(HttpContext context, WebSocket socket, IEventSource source, CancellationToken end)
    {
        var events = new List<StreamEvent>();
        var turns = new Turns();
        while (true)
        {
            var next = source.NextAsync(events, end);
            turns.Count(next.IsCompleted);
            if (!await next)
            {
                return;
            }

            foreach (var streamEvent in events)
            {
                await SendAsync(context, socket, streamEvent.Json, end);
            }

            source.ConfirmSent(events);
            if (turns.IsOver())
            {
                await Task.Yield();
            }
        }
    }

    private async Task SendAsync(HttpContext context, WebSocket socket, ReadOnlyMemory<byte> message, CancellationToken end)
    {
        for (var rest = message; rest.Length > 0;)
        {
            // A send that begins with a cancelled token aborts the connection, and the client would never learn why.
            end.ThrowIfCancellationRequested();
            var frame = rest[..Math.Min(rest.Length, BytesPerFrame)];
            rest = rest[frame.Length..];
            var send = socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: rest.Length == 0, end);
            await (send.IsCompleted ? send : new ValueTask(stall.WaitAsync(context, send.AsTask())));
        }
    }

    /// <summary>
    /// Closes, and waits a little for the client's close: a connection that is cut at once takes what was sent last with
    /// it, so that the client would not learn why.
    /// </summary>
    private async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason, Task listening)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            socket.Abort();
            return;
        }

        using var limit = new CancellationTokenSource(_closeTime, time);
        try
        {
            await socket.CloseOutputAsync(status, reason, limit.Token);
            await listening.WaitAsync(limit.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // It does not matter any more.
        }

        socket.Abort();
    }

    [LoggerMessage(1, LogLevel.Warning, "A stream ends because the database is not available")]
    private partial void LogStorageUnavailable(Exception exception);
}
