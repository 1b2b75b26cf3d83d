using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>Metrics of checkpoints. Thread-safe.</summary>
internal sealed class CheckpointMetrics
{
    private readonly Counter<long> _rows;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _restored;

    public CheckpointMetrics(IMeterFactory? meters = null)
    {
        var meter = DurableChatMeter.Create(meters);
        _rows = meter.CreateCounter<long>(
            "durablechat.checkpoints",
            description: "Rows of checkpoints written: at most one per answer in flight and statement.");
        _bytes = meter.CreateCounter<long>(
            "durablechat.checkpoints.bytes", "By", "Size of the rows of checkpoints written.");
        _failures = meter.CreateCounter<long>(
            "durablechat.checkpoints.failures", description: "Writes of checkpoints that failed. They are repeated.");
        _restored = meter.CreateCounter<long>(
            "durablechat.checkpoints.restored",
            description: "Answers in flight that were taken over with a checkpoint.");
    }

    public void Wrote(int rows, long bytes)
    {
        _rows.Add(rows);
        _bytes.Add(bytes);
    }

    public void Failed() => _failures.Add(1);

    public void Restored() => _restored.Add(1);
}
