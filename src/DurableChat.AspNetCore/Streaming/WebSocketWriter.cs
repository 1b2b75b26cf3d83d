using System.Net.WebSockets;
using DurableChat.AspNetCore.WebSockets;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// Writes events as WebSocket text messages, with the same JSON as over Server-Sent Events. A client is disconnected if
/// it reads too slowly for too long, does not answer a ping, or sends a message or more control frames than allowed.
/// Thread-safe.
/// </summary>
internal sealed partial class WebSocketWriter(DurableChatHttpOptions options, StallGuard stall, TimeProvider time, ILogger<WebSocketWriter> logger)
{
    /// <summary>
    /// The size of a frame. A large message is sent in several frames, so that a slow client that still reads is not
    /// mistaken for a stalled one.
    /// </summary>
    private const int BytesPerFrame = 32 * 1024;

    private static readonly TimeSpan _closeTime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Accepts the upgrade and writes until the source ends, the client disconnects, or <paramref name="end"/> is
    /// cancelled.
    /// </summary>
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
            // The client has disconnected without a close.
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
            // Sending with a cancelled token aborts the connection, and the client would never learn the reason.
            end.ThrowIfCancellationRequested();
            var frame = rest[..Math.Min(rest.Length, BytesPerFrame)];
            rest = rest[frame.Length..];
            var send = socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: rest.Length == 0, end);
            await (send.IsCompleted ? send : new ValueTask(stall.WaitAsync(context, send.AsTask())));
        }
    }

    /// <summary>
    /// Sends a close and waits briefly for the client's: cutting a connection at once also discards the data sent last,
    /// so the client would not learn the reason.
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
            // The connection is ending anyway.
        }

        socket.Abort();
    }

    [LoggerMessage(1, LogLevel.Warning, "A stream ends because the database is not available")]
    private partial void LogStorageUnavailable(Exception exception);
}
