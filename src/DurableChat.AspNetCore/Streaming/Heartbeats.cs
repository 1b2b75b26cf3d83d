using System.Collections.Concurrent;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>Notifies idle streams when a heartbeat is due, with one timer for all streams. Thread-safe.</summary>
internal sealed class Heartbeats(DurableChatHttpOptions options, TimeProvider time) : IDisposable
{
    /// <summary>
    /// The number of ticks per interval. Streams that began at different times are then not all due at the same tick.
    /// </summary>
    private const int TicksPerInterval = 16;

    private readonly ConcurrentDictionary<SseStream, bool> _streams = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _gate = new();
    private ITimer? _timer;

    /// <summary>Starts notifying a stream.</summary>
    public void Join(SseStream stream)
    {
        _streams.TryAdd(stream, true);
        if (_timer is not null)
        {
            return;
        }

        lock (_gate)
        {
            var tick = options.HeartbeatInterval / TicksPerInterval;
            _timer ??= time.CreateTimer(static self => ((Heartbeats)self!).Tick(), this, tick, tick);
        }
    }

    /// <summary>Undoes <see cref="Join"/>.</summary>
    public void Leave(SseStream stream) => _streams.TryRemove(stream, out _);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Tick()
    {
        foreach (var (stream, _) in _streams)
        {
            stream.Tick(TicksPerInterval);
        }
    }
}
