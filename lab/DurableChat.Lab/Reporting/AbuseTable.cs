using System.Globalization;
using DurableChat.ScaleTest.Measuring;

namespace DurableChat.Lab.Reporting;

/// <summary>The table of attacks, in Markdown.</summary>
internal static class AbuseTable
{
    private const double MaxRatio = 2;

    public const string Head =
        """
        | attack | bound | seen | memory: peak of budget | commit p99, alone → beside | read p99, alone → beside | machine busy, alone → beside | acknowledged, lost | verdict |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        """;

    public static string Row(AttackResult result) => $"| {string.Join(" | ", Cells(result))} |";

    private static IEnumerable<string> Cells(AttackResult result) =>
    [
        result.Name,
        result.Bound,
        result.Seen.Replace('|', ' '),
        result.BudgetBytes is { } budget ? $"{Megabytes(result.PeakBytes)} of {Megabytes(budget)} MiB" : "–",
        Times(result.Alone?.Commits, result.Beside?.Commits),
        Times(result.Alone?.Reads, result.Beside?.Reads),
        result is { Alone.Busy: { } alone, Beside.Busy: { } beside }
            ? string.Create(CultureInfo.InvariantCulture, $"{alone:P0} → {beside:P0}")
            : "–",
        result.Alone is null
            ? "–"
            : string.Create(CultureInfo.InvariantCulture, $"{result.Acknowledged:N0}, {result.Lost}"),
        Verdict(result),
    ];

    private static string Times(LatencyRecorder? alone, LatencyRecorder? beside) =>
        alone?.Percentile(99) is { } before && beside?.Percentile(99) is { } after
            ? string.Create(CultureInfo.InvariantCulture, $"{before:0.0} → {after:0.0} ms")
            : "–";

    private static string Verdict(AttackResult result)
    {
        if (result.Findings.Count > 0)
        {
            return $"**broken**: {string.Join(' ', result.Findings)}";
        }

        var ratio = Math.Max(
            Ratio(result.Alone?.Commits, result.Beside?.Commits), Ratio(result.Alone?.Reads, result.Beside?.Reads));
        return ratio > MaxRatio
            ? string.Create(CultureInfo.InvariantCulture, $"holds, but p99 × {ratio:0.0}")
            : "holds";
    }

    private static double Ratio(LatencyRecorder? alone, LatencyRecorder? beside) =>
        alone?.Percentile(99) is { } before and > 0 && beside?.Percentile(99) is { } after ? after / before : 0;

    private static string Megabytes(long bytes) => (bytes >> 20).ToString("N0", CultureInfo.InvariantCulture);
}
