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
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Count(instrument, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Count(instrument, value));
        _listener.Start();
    }

    public long Sum(string instrument) => _sums.GetValueOrDefault(instrument);

    /// <summary>What an observed instrument says at this moment; null if there is no such instrument.</summary>
    public long? Observe(string instrument)
    {
        _listener.RecordObservableInstruments();
        return _sums.TryGetValue(instrument, out var value) ? value : null;
    }

    public Meter Create(MeterOptions options) => new(new MeterOptions(options.Name) { Scope = this });

    public void Dispose() => _listener.Dispose();

    private void Count(Instrument instrument, long value) => _sums.AddOrUpdate(instrument.Name, value, (_, sum) => instrument.IsObservable ? value : sum + value);
}
