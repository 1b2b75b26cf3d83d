using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DurableChat.AspNetCore;

/// <summary>
/// The body of one response of Server-Sent Events. All events that are ready go out in one flush, but for many bytes. Events are written by one caller at a time; heartbeats may come in between.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A heartbeat may come at any time, and a semaphore without a wait handle has nothing to dispose of.")]
internal sealed class SseStream(HttpContext context, StallGuard stall, CancellationToken end)
{
    /// <summary>How much is written before the client has to take it: what one that never reads costs, and what one that is slow has to take in the time it has.</summary>
    private const int BytesPerFlush = 32 * 1024;

    private static readonly byte[] _heartbeat = ": heartbeat\n\n"u8.ToArray();

    // Whoever holds it writes. A heartbeat never waits for it: something is being written then.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly PipeWriter _body = context.Response.BodyWriter;
    private int _quietTicks;

    /// <summary>True if the last event was written whole, so that something else may follow it.</summary>
    public bool IsBetweenEvents { get; private set; } = true;

    /// <summary>Says what the response is, and that nobody in between is to keep it back.</summary>
    public static void SetHeaders(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";

        // Proxies that compress keep events back until there is enough to compress. Some do not obey "no-transform", and leave alone what has an encoding already.
        response.Headers.ContentEncoding = "identity";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>Writes events and waits until the client takes them.</summary>
    /// <exception cref="OperationCanceledException">The client has gone, or the stream is to end.</exception>
    public async Task WriteAsync(List<StreamEvent> events)
    {
        await _turn.WaitAsync(end);
        try
        {
            var room = BytesPerFlush;
            foreach (var streamEvent in events)
            {
                for (var rest = streamEvent.Frame; rest.Length > 0;)
                {
                    var piece = rest[..Math.Min(rest.Length, room)];
                    _body.Write(piece.Span);
                    rest = rest[piece.Length..];
                    IsBetweenEvents = rest.Length == 0;
                    room -= piece.Length;
                    if (room == 0)
                    {
                        await FlushAsync();
                        room = BytesPerFlush;
                    }
                }
            }

            await FlushAsync();
            _quietTicks = 0;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes bytes, or none but the headers, and waits until the client takes them.</summary>
    /// <exception cref="OperationCanceledException">The client has gone, or the stream is to end.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _turn.WaitAsync(end);
        try
        {
            var rest = bytes;
            do
            {
                var piece = rest[..Math.Min(rest.Length, BytesPerFlush)];
                _body.Write(piece.Span);
                rest = rest[piece.Length..];
                IsBetweenEvents = rest.Length == 0;
                await FlushAsync();
            }
            while (rest.Length > 0);

            _quietTicks = 0;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says that time has passed: after <paramref name="ticks"/> of them without an event a heartbeat goes out.</summary>
    public void Tick(int ticks)
    {
        if (Interlocked.Increment(ref _quietTicks) < ticks || !_turn.Wait(0, CancellationToken.None))
        {
            return;
        }

        _quietTicks = 0;
        _ = BeatAsync();
    }

    /// <summary>Waits until no heartbeat is being written; none will be from then on.</summary>
    public Task CloseAsync() => _turn.WaitAsync(CancellationToken.None);

    private async Task BeatAsync()
    {
        try
        {
            _body.Write(_heartbeat);
            await FlushAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client has gone, which the writer of events finds out for itself.
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask FlushAsync()
    {
        var flush = _body.FlushAsync(end);
        var flushed = flush.IsCompleted ? await flush : await stall.WaitAsync(context, flush.AsTask());
        if (flushed.IsCompleted || flushed.IsCanceled)
        {
            throw new OperationCanceledException(end);
        }
    }
}
