using System.Globalization;

namespace DurableChat.ScaleTest.Reporting;

/// <summary>The figures of a report as rows of a table, in one order for every table.</summary>
internal static class ReportRows
{
    private static readonly Row[] _rows =
    [
        new("turns", "completed", report => report.Turns.Completed, "0"),
        new("turns", "failed", report => report.Turns.Failed, "0"),
        new("turns", "per second", report => report.Turns.PerSecond, "0.#"),
        new("reads", "rereads per turn", report => report.Reads.RereadsPerTurn, "0.####"),
        new("reads", "for streams, same replica", report => report.Reads.StreamMessageReadsSameReplica, "0"),
        new("reads", "for streams, remote", report => report.Reads.StreamMessageReadsRemote, "0"),
        new("reads", "full refreshes", report => report.Reads.FullRefreshReads, "0"),
        new("reads", "initial", report => report.Reads.InitialReads, "0"),
        new("reads", "window hits", report => report.Reads.WindowHits, "0"),
        new("reads", "window misses", report => report.Reads.WindowMisses, "0"),
        new("reads", "messages that came inline", report => report.Reads.InlineHits, "0"),
        new("store", "statements per turn", report => report.Store.StatementsPerTurn, "0.##"),
        new("store", "commits per turn", report => report.Store.CommitsPerTurn, "0.##"),
        new("store", "pool, connections", report => report.Store.PoolMax, "0"),
        new("store", "pool, peak in use", report => report.Store.PoolPeakInUse, "0"),
        new("store", "pool, wait p99 ms", report => report.Store.PoolWaitMsP99, "0.##"),
        new("latency ms", "first part p50", report => report.LatencyMs.FirstPartP50, "0.#"),
        new("latency ms", "first part p99", report => report.LatencyMs.FirstPartP99, "0.#"),
        new("latency ms", "commit to delivery p50", report => report.LatencyMs.CommitToDeliveryP50, "0.##"),
        new("latency ms", "commit to delivery p99", report => report.LatencyMs.CommitToDeliveryP99, "0.##"),
        new("latency ms", "message to receipt p50", report => report.LatencyMs.MessageP50, "0.##"),
        new("latency ms", "message to receipt p99", report => report.LatencyMs.MessageP99, "0.##"),
        new("latency ms", "turn p50", report => report.LatencyMs.TurnP50, "0.#"),
        new("latency ms", "turn p99", report => report.LatencyMs.TurnP99, "0.#"),
        new("latency ms", "resume p50", report => report.LatencyMs.ResumeP50, "0.#"),
        new("latency ms", "resume p99", report => report.LatencyMs.ResumeP99, "0.#"),
        new("delivery", "events", report => report.Delivery.Events, "0"),
        new("delivery", "gaps", report => report.Delivery.Gaps, "0"),
        new("delivery", "duplicates", report => report.Delivery.Duplicates, "0"),
        new("delivery", "out of order", report => report.Delivery.OutOfOrder, "0"),
        new("delivery", "lost after quiesce", report => report.Delivery.LostAfterQuiesce, "0"),
        new("delivery", "all violations", report => report.Delivery.Violations, "0"),
        new("delivery", "streams cut by the test", report => report.Delivery.Reconnects, "0"),
        new("delivery", "streams that failed", report => report.Delivery.StreamsFailed, "0"),
        new("delivery", "streams ended by the server", report => report.Delivery.StreamsEnded, "0"),
        new("process", "server CPU seconds", report => report.Process.CpuSeconds, "0.##"),
        new("process", "server peak memory MB", report => report.Process.RssPeakMb, "0.#"),
        new("process", "mock CPU seconds", report => report.Process.MockCpuSeconds, "0.##"),
        new("process", "database CPU seconds", report => report.Process.DatabaseCpuSeconds, "0.##"),
        new("process", "test CPU seconds", report => report.Process.TestCpuSeconds, "0.##"),
        new("process", "elapsed seconds", report => report.ElapsedSeconds, "0.#"),
    ];

    public static IReadOnlyList<Row> All => _rows;

    /// <summary>One figure.</summary>
    /// <param name="Section">To what it belongs.</param>
    /// <param name="Name">What it is.</param>
    /// <param name="Value">Reads it; null if the run did not measure it.</param>
    /// <param name="Format">How it is written.</param>
    internal sealed record Row(string Section, string Name, Func<ScaleReport, double?> Value, string Format)
    {
        public string Text(ScaleReport report) => Value(report)?.ToString(Format, CultureInfo.InvariantCulture) ?? "";
    }
}
