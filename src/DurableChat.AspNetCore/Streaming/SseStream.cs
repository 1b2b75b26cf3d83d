using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// The body of one Server-Sent Events response. All events that are ready are sent in one flush, up to a limit of
/// bytes. Events are written by one caller at a time; heartbeats may be written in between.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A heartbeat may come at any time, and a semaphore without a wait handle has nothing to dispose of.")]
internal sealed class SseStream(HttpContext context, StallGuard stall, CancellationToken end) : IEventSink
{
    /// <summary>
    /// How many bytes are written before the client must read them: the memory that a client costs that never reads,
    /// and the amount that a slow client must read within its time limit.
    /// </summary>
    private const int BytesPerFlush = 32 * 1024;

    private static readonly byte[] _heartbeat = ": heartbeat\n\n"u8.ToArray();

    // Its holder writes. A heartbeat never waits for it, because then something is already being written.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly PipeWriter _body = context.Response.BodyWriter;
    private int _quietTicks;

    /// <summary>True if the last event was written completely, so that another may follow.</summary>
    public bool IsBetweenEvents { get; private set; } = true;

    /// <inheritdoc/>
    public bool IsComplete => false;

    /// <summary>Sets the headers: the content type, and that proxies must not buffer the response.</summary>
    public static void SetHeaders(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";

        // Compressing proxies hold events until there is enough to compress. Some ignore "no-transform" but do not
        // touch a response that already has an encoding.
        response.Headers.ContentEncoding = "identity";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(List<StreamEvent> events)
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

    /// <summary>
    /// Writes bytes, or only the headers if there are none, and waits until the client has read them.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client has disconnected, or the stream must end.</exception>
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

    /// <summary>Counts time: after <paramref name="ticks"/> ticks without an event it sends a heartbeat.</summary>
    public void Tick(int ticks)
    {
        if (Interlocked.Increment(ref _quietTicks) < ticks || !_turn.Wait(0, CancellationToken.None))
        {
            return;
        }

        _quietTicks = 0;
        _ = BeatAsync();
    }

    /// <summary>Waits for the heartbeat that is being written, and prevents later ones.</summary>
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
            // The client has disconnected. The writer of events will notice.
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
