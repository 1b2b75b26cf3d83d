using System.Buffers;
using System.IO.Pipelines;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore;

/// <summary>
/// Writes events as Server-Sent Events (WHATWG HTML). All events that are ready go out in one flush; an idle stream sends a comment now and then, so that proxies
/// keep it open. Thread-safe.
/// </summary>
internal sealed partial class SseWriter(DurableChatHttpOptions options, TimeProvider time, ILogger<SseWriter> logger)
{
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
                await WriteEventsAsync(body, source, end);
            }
            catch (Exception exception) when (exception is ChatStoreException or TimeoutException)
            {
                LogStorageUnavailable(exception);
                body.Write(_storageUnavailable);
                await FlushAsync(body, end);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or is to come back elsewhere: either way the stream just ends. A flush may find out first that the client has gone, before anybody is told so.
        }
    }

    private async Task WriteEventsAsync(PipeWriter body, IEventSource source, CancellationToken end)
    {
        var events = new List<StreamEvent>();
        var heartbeat = Task.Delay(options.HeartbeatInterval, time, end);
        while (true)
        {
            var next = source.NextAsync(events, end).AsTask();
            while (!next.IsCompleted && await Task.WhenAny(next, heartbeat) == heartbeat && !next.IsCompleted)
            {
                end.ThrowIfCancellationRequested();
                body.Write(_heartbeat);
                await FlushAsync(body, end);
                heartbeat = Task.Delay(options.HeartbeatInterval, time, end);
            }

            if (!await next)
            {
                return;
            }

            foreach (var streamEvent in events)
            {
                body.Write(streamEvent.Frame.Span);
            }

            await FlushAsync(body, end);
            source.ConfirmSent(events);
        }
    }

    private static async ValueTask FlushAsync(PipeWriter body, CancellationToken end)
    {
        var flushed = await body.FlushAsync(end);
        if (flushed.IsCompleted || flushed.IsCanceled)
        {
            throw new OperationCanceledException(end);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A stream ends because the database is not available")]
    private partial void LogStorageUnavailable(Exception exception);
}
