using System.Buffers;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore;

/// <summary>
/// Writes events as Server-Sent Events (WHATWG HTML). All events that are ready go out in one flush, but for many bytes; an idle stream sends a comment now and then, so that proxies
/// keep it open. A client that takes too little for too long is cut off. Thread-safe.
/// </summary>
internal sealed partial class SseWriter(DurableChatHttpOptions options, StallGuard stall, TimeProvider time, ILogger<SseWriter> logger)
{
    /// <summary>How much is written before the client has to take it: what one that never reads costs, and what one that is slow has to take in the time it has.</summary>
    private const int BytesPerFlush = 32 * 1024;

    private static readonly byte[] _hello = "retry: 1000\n\n"u8.ToArray();
    private static readonly byte[] _heartbeat = ": heartbeat\n\n"u8.ToArray();
    private static readonly byte[] _storageUnavailable =
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"code\":\"storage_unavailable\",\"message\":\"The database is not available just now.\",\"retryable\":true}}\n\n"u8.ToArray();

    /// <summary>Writes until the source ends, the client goes, or <paramref name="end"/> says so.</summary>
    public async Task WriteAsync(HttpContext context, IEventSource source, CancellationToken end)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var body = response.BodyWriter;
        body.Write(_hello);
        try
        {
            try
            {
                await WriteEventsAsync(context, source, end);
            }
            catch (Exception exception) when (exception is ChatStoreException or TimeoutException)
            {
                LogStorageUnavailable(exception);
                body.Write(_storageUnavailable);
                await FlushAsync(context, end);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or is to come back elsewhere: either way the stream just ends. A flush may find out first that the client has gone, before anybody is told so.
        }
    }

    private async Task WriteEventsAsync(HttpContext context, IEventSource source, CancellationToken end)
    {
        var body = context.Response.BodyWriter;
        var events = new List<StreamEvent>();
        var heartbeat = Task.Delay(options.HeartbeatInterval, time, end);
        while (true)
        {
            var next = source.NextAsync(events, end).AsTask();
            while (!next.IsCompleted && await Task.WhenAny(next, heartbeat) == heartbeat && !next.IsCompleted)
            {
                end.ThrowIfCancellationRequested();
                body.Write(_heartbeat);
                await FlushAsync(context, end);
                heartbeat = Task.Delay(options.HeartbeatInterval, time, end);
            }

            if (!await next)
            {
                return;
            }

            await WriteAsync(context, events, end);
            source.ConfirmSent(events);
        }
    }

    private async Task WriteAsync(HttpContext context, List<StreamEvent> events, CancellationToken end)
    {
        var body = context.Response.BodyWriter;
        var room = BytesPerFlush;
        foreach (var streamEvent in events)
        {
            for (var rest = streamEvent.Frame; rest.Length > 0;)
            {
                var piece = rest[..Math.Min(rest.Length, room)];
                body.Write(piece.Span);
                rest = rest[piece.Length..];
                room -= piece.Length;
                if (room == 0)
                {
                    await FlushAsync(context, end);
                    room = BytesPerFlush;
                }
            }
        }

        await FlushAsync(context, end);
    }

    private async ValueTask FlushAsync(HttpContext context, CancellationToken end)
    {
        var flush = context.Response.BodyWriter.FlushAsync(end);
        var flushed = flush.IsCompleted ? await flush : await stall.WaitAsync(context, flush.AsTask());
        if (flushed.IsCompleted || flushed.IsCanceled)
        {
            throw new OperationCanceledException(end);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A stream ends because the database is not available")]
    private partial void LogStorageUnavailable(Exception exception);
}
