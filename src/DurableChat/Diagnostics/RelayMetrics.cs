using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>What relays do, as metrics. Thread-safe.</summary>
internal sealed class RelayMetrics
{
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _frames;

    public RelayMetrics(IMeterFactory? meters)
    {
        var meter = DurableChatMeter.Create(meters);
        _active = meter.CreateUpDownCounter<long>("durablechat.relays.active", description: "Chats whose parts come from another replica.");
        _frames = meter.CreateCounter<long>("durablechat.relays.frames", description: "Frames of parts that came from other replicas.");
        _active.Add(0);
        _frames.Add(0);
    }

    public void Opened() => _active.Add(1);

    public void Closed() => _active.Add(-1);

    public void Received() => _frames.Add(1);
}
