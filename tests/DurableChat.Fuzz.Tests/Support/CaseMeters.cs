using System.Diagnostics.Metrics;

namespace DurableChat.Fuzz.Tests;

/// <summary>The meters of one case. Undisposed ones stay in the process's list of instruments, and whoever listens to metrics later goes through them all.</summary>
internal sealed class CaseMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
