using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>Sends each event as one WebSocket text message. Used by one caller at a time.</summary>
internal sealed class WebSocketSink(HttpContext context, WebSocket socket, StallGuard stall, CancellationToken end) : IEventSink
{
    /// <summary>
    /// The size of a frame. A large message is sent in several frames, so that a slow client that still reads is not
    /// mistaken for a stalled one.
    /// </summary>
    private const int BytesPerFrame = 32 * 1024;

    /// <inheritdoc/>
    public bool IsComplete => false;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(List<StreamEvent> events)
    {
        foreach (var streamEvent in events)
        {
            for (var rest = streamEvent.Json; rest.Length > 0;)
            {
                // Sending with a cancelled token aborts the connection, and the client would never learn the reason.
                end.ThrowIfCancellationRequested();
                var frame = rest[..Math.Min(rest.Length, BytesPerFrame)];
                rest = rest[frame.Length..];
                var send = socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: rest.Length == 0, end);
                await (send.IsCompleted ? send : new ValueTask(stall.WaitAsync(context, send.AsTask())));
            }
        }
    }
}
