using System.Net.WebSockets;
using DurableChat.AspNetCore.WebSockets;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// Writes events as WebSocket text messages, with the same JSON as over Server-Sent Events. A client is disconnected if
/// it reads too slowly for too long, does not answer a ping, or sends a message or more control frames than allowed.
/// Thread-safe.
/// </summary>
internal sealed class WebSocketWriter(DurableChatHttpOptions options, EventPump pump, StallGuard stall, TimeProvider time)
{
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
            if (await pump.RunAsync(source, new WebSocketSink(context, socket, stall, gone.Token), gone.Token) == StreamEnd.StorageUnavailable)
            {
                (status, reason) = (WebSocketCloseStatus.InternalServerError, "The database is not available just now.");
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            (status, reason) = client.Violation is { } violation
                ? (WebSocketCloseStatus.PolicyViolation, violation)
                : (WebSocketCloseStatus.EndpointUnavailable, "Connect again.");
        }
        catch (WebSocketException)
        {
            // The client has disconnected without a close.
        }

        await CloseAsync(socket, status, reason, listening);
        await gone.CancelAsync();
        await listening;
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
}
