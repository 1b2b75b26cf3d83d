using System.Net.WebSockets;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore;

/// <summary>Writes events as WebSocket text messages: the same JSON as over Server-Sent Events. Thread-safe.</summary>
internal sealed partial class WebSocketWriter(DurableChatHttpOptions options, TimeProvider time, ILogger<WebSocketWriter> logger)
{
    private static readonly TimeSpan _closeTime = TimeSpan.FromSeconds(2);

    /// <summary>Accepts the upgrade and writes until the source ends, the client goes, or <paramref name="end"/> says so.</summary>
    public async Task WriteAsync(HttpContext context, IEventSource source, CancellationToken end)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = options.HeartbeatInterval });
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(end);
        var listening = ListenAsync(socket, gone);
        var (status, reason) = (WebSocketCloseStatus.NormalClosure, "The chat is gone.");
        try
        {
            await WriteEventsAsync(socket, source, gone.Token);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            (status, reason) = (WebSocketCloseStatus.EndpointUnavailable, "Connect again.");
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

        await CloseAsync(socket, status, reason);
        await gone.CancelAsync();
        await listening;
    }

    private static async Task WriteEventsAsync(WebSocket socket, IEventSource source, CancellationToken end)
    {
        var events = new List<StreamEvent>();
        while (await source.NextAsync(events, end))
        {
            foreach (var streamEvent in events)
            {
                await socket.SendAsync(streamEvent.Json, WebSocketMessageType.Text, endOfMessage: true, end);
            }

            source.ConfirmSent(events);
        }
    }

    /// <summary>The client has nothing to say here; listening is how its close, and its going, are noticed. What it says all the same is a violation.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource gone)
    {
        var buffer = new byte[256];
        try
        {
            await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone without a close.
        }

        try
        {
            await gone.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The writer was quicker.
        }
    }

    private async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason)
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
