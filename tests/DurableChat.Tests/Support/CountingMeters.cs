using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace DurableChat.Tests.Support;

/// <summary>Meters that add up what their counters count, and ask those that are observed.</summary>
internal sealed class CountingMeters : IMeterFactory
{
    private readonly ConcurrentDictionary<string, long> _sums = [];
    private readonly MeterListener _listener = new();

    public CountingMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.Start();
    }

    public long Sum(string instrument) => _sums.GetValueOrDefault(instrument);

    /// <summary>What was counted with a value of a tag, whichever tag that is.</summary>
    public long Sum(string instrument, string tagValue) => _sums.GetValueOrDefault($"{instrument} {tagValue}");

    /// <summary>What an observed instrument says at this moment; null if there is no such instrument.</summary>
    public long? Observe(string instrument)
    {
        _listener.RecordObservableInstruments();
        return _sums.TryGetValue(instrument, out var value) ? value : null;
    }

    public Meter Create(MeterOptions options) => new(new MeterOptions(options.Name) { Scope = this });

    public void Dispose() => _listener.Dispose();

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Add(instrument.Name);
        foreach (var tag in tags)
        {
            Add($"{instrument.Name} {tag.Value}");
        }

        void Add(string name) => _sums.AddOrUpdate(name, value, (_, sum) => instrument.IsObservable ? value : sum + value);
    }
}
