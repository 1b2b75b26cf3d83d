using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>Metrics of relays. Thread-safe.</summary>
internal sealed class RelayMetrics
{
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _failures;

    public RelayMetrics(IMeterFactory? meters = null)
    {
        var meter = DurableChatMeter.Create(meters);
        _active = meter.CreateUpDownCounter<long>(
            "durablechat.relays.active", description: "Chats whose parts come from another replica.");
        _frames = meter.CreateCounter<long>(
            "durablechat.relays.frames", description: "Frames of parts that came from other replicas.");
        _failures = meter.CreateCounter<long>(
            "durablechat.relays.failures", description: "Relays that could not be opened, were refused, or broke.");
        _active.Add(0);
        _failures.Add(0);
        _frames.Add(0);
    }

    public void Opened() => _active.Add(1);

    public void Closed() => _active.Add(-1);

    public void Received() => _frames.Add(1);

    public void Failed() => _failures.Add(1);
}
