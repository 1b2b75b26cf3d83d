using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using DurableChat.Diagnostics;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>Counts the open streams of each owner and keeps them within the limit. Thread-safe.</summary>
internal sealed class OwnerStreams
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly UpDownCounter<long> _active;
    private readonly DurableChatHttpOptions _options;

    [SuppressMessage("Reliability", "CA2000", Justification = "A meter lives as long as the process.")]
    public OwnerStreams(DurableChatHttpOptions options, IMeterFactory? meters)
    {
        _options = options;
        _active = (meters?.Create(DurableChatMeter.Name) ?? new Meter(DurableChatMeter.Name))
            .CreateUpDownCounter<long>("durablechat.streams.active", description: "Open streams, by transport.");
    }

    /// <summary>How many owners have a stream open.</summary>
    public int Count => _open.Count;

    /// <summary>Takes a slot; null if the owner has none left. Dispose it when the stream ends.</summary>
    public IDisposable? TryOpen(string owner, string transport)
    {
        if (_open.AddOrUpdate(owner, 1, (_, count) => count + 1) > _options.MaxStreamsPerOwner)
        {
            Leave(owner);
            return null;
        }

        var tag = new KeyValuePair<string, object?>("transport", transport);
        _active.Add(1, tag);
        return new Place(() =>
        {
            _active.Add(-1, tag);
            Leave(owner);
        });
    }

    private void Leave(string owner)
    {
        _open.AddOrUpdate(owner, 0, (_, count) => count - 1);
        _open.TryRemove(KeyValuePair.Create(owner, 0));
    }

    private sealed class Place(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
