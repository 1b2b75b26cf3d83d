using System.Buffers;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// Writes events as Server-Sent Events (WHATWG HTML). An idle stream sends a comment from time to time, so that proxies
/// keep it open. A client that reads too slowly for too long is disconnected. Thread-safe.
/// </summary>
internal sealed class SseWriter(EventPump pump, StallGuard stall, Heartbeats heartbeats, ServerDrain drain)
{
    private static readonly byte[] _storageUnavailable =
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"code\":\"storage_unavailable\",\"message\":\"The database is not available just now.\",\"retryable\":true}}\n\n"u8.ToArray();

    /// <summary>Writes until the source ends, the client disconnects, or <paramref name="end"/> is cancelled.</summary>
    public async Task WriteAsync(HttpContext context, IEventSource source, CancellationToken end)
    {
        SseStream.SetHeaders(context);
        context.Response.BodyWriter.Write(ReconnectDelay.Write(drain.HasBegun, Random.Shared.NextDouble()));
        var stream = new SseStream(context, stall, end);
        heartbeats.Join(stream);
        try
        {
            if (await pump.RunAsync(source, stream, end) == StreamEnd.StorageUnavailable)
            {
                await stream.WriteAsync(_storageUnavailable);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has disconnected, or must reconnect elsewhere: either way the stream just ends. A flush may
            // notice the disconnect before the request is marked as aborted.
        }
        finally
        {
            heartbeats.Leave(stream);
            await stream.CloseAsync();
        }

        if (drain.StreamsEnd.IsCancellationRequested && stream.IsBetweenEvents && !context.RequestAborted.IsCancellationRequested)
        {
            // All streams of this replica end now. This is sent when the response ends.
            context.Response.BodyWriter.Write(ReconnectDelay.Write(isDraining: true, Random.Shared.NextDouble()));
        }
    }
}
