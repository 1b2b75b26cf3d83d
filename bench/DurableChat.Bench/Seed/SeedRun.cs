using System.Globalization;
using DurableChat.Bench.Reporting;
using DurableChat.ScaleTest.Reporting;

namespace DurableChat.Bench.Seed;

/// <summary>
/// The storm that the project began with, with the window and without, and how its cost grows with the number of chats.
/// </summary>
internal static class SeedRun
{
    private static readonly (string Title, Func<ScaleReport, double?> Figure)[] _rows =
    [
        ("turns a second", report => report.Turns.PerSecond),
        ("rereads per turn", report => report.Reads.RereadsPerTurn),
        ("initial reads", report => report.Reads.InitialReads),
        ("statements per turn", report => report.Store.StatementsPerTurn),
        ("commits per turn", report => report.Store.CommitsPerTurn),
        ("connections in use at the peak", report => report.Store.PoolPeakInUse),
        ("wait in line for a connection p99, ms", report => report.Store.PoolWaitMsP99),
        ("CPU s of the servers", report => report.Process.CpuSeconds),
        ("CPU s of PostgreSQL", report => report.Process.DatabaseCpuSeconds),
        ("commit to delivery p50, ms", report => report.LatencyMs.CommitToDeliveryP50),
        ("commit to delivery p99, ms", report => report.LatencyMs.CommitToDeliveryP99),
        ("turn p99, ms", report => report.LatencyMs.TurnP99),
    ];

    public static async Task<PartReport> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        var (chats, turns) = isQuick ? (20, 3) : (600, 10);
        var storms = new List<(string Title, string Name, ScaleReport Report)>();
        foreach (var replicas in isQuick ? [1] : new[] { 1, 3 })
        {
            storms.Add((
                $"{replicas} × off",
                $"{replicas}.off",
                await ScaleTestRun.StormAsync(chats, turns, replicas, hasWindow: false, cancellationToken)));
            storms.Add((
                $"{replicas} × on",
                $"{replicas}.on",
                await ScaleTestRun.StormAsync(chats, turns, replicas, hasWindow: true, cancellationToken)));
        }

        var growth = new List<ScaleReport>();
        foreach (var count in isQuick ? [20] : new[] { 100, 300, 600, 1200, 2400 })
        {
            growth.Add(await ScaleTestRun.StormAsync(count, 4, 1, hasWindow: true, cancellationToken));
        }

        var halves = new List<(int Replicas, ScaleReport Report)>();
        foreach (var replicas in isQuick ? [1] : new[] { 1, 3 })
        {
            halves.Add((replicas, await ScaleTestRun.HalfAsync(replicas, chats, isQuick ? 5 : 20, cancellationToken)));
        }

        return new PartReport(
            "seed",
            "bench/run seed",
            [.. Table(storms, chats, turns), "", .. Halves(halves), "", .. Growth(growth)],
            Figures(storms, halves, growth))
        {
            Plots = new Dictionary<string, string> { ["bench-growth.svg"] = Plot(growth).Render() },
        };
    }

    private static IEnumerable<string> Table(
        IReadOnlyList<(string Title, string Name, ScaleReport Report)> storms,
        int chats,
        int turns)
    {
        yield return $"{chats} chats × {turns} turns on PostgreSQL, replicas × window; all turns completed, "
            + "no violation:";
        yield return "";
        yield return $"| | {string.Join(" | ", storms.Select(storm => storm.Title))} |";
        yield return $"| --- |{string.Concat(storms.Select(_ => " ---: |"))}";
        foreach (var (title, figure) in _rows)
        {
            yield return $"| {title} | {string.Join(" | ", storms.Select(storm => figure(storm.Report) is { } value ? Fixed.Text(value) : "–"))} |";
        }
    }

    private static IEnumerable<string> Halves(IReadOnlyList<(int Replicas, ScaleReport Report)> halves)
    {
        yield return "At half of the turns a second that a storm reaches, on servers that have run a storm before:";
        yield return "";
        yield return "| replicas | turns a second | commit to delivery p50, ms | p99, ms | first part p99, ms |";
        yield return "| ---: | ---: | ---: | ---: | ---: |";
        foreach (var (replicas, half) in halves)
        {
            yield return $"| {replicas} | {Fixed.Text(half.Config.Rate ?? 0)} | "
                + $"{Fixed.Text(half.LatencyMs.CommitToDeliveryP50 ?? 0)} | "
                + $"{Fixed.Text(half.LatencyMs.CommitToDeliveryP99 ?? 0)} | "
                + $"{Fixed.Text(half.LatencyMs.FirstPartP99 ?? 0)} |";
        }
    }

    private static IEnumerable<string> Growth(IReadOnlyList<ScaleReport> growth)
    {
        yield return "How the cost grows: 1 replica, 4 turns for each chat, each run with a server and a PostgreSQL "
            + "of its own:";
        yield return "";
        yield return $"| chats | {string.Join(" | ", growth.Select(report => report.Config.Chats.ToString("N0", CultureInfo.InvariantCulture)))} |";
        yield return $"| --- |{string.Concat(growth.Select(_ => " ---: |"))}";
        yield return $"| statements per turn | "
            + $"{string.Join(" | ", growth.Select(report => Fixed.Text(report.Store.StatementsPerTurn)))} |";
        yield return $"| rereads per turn | "
            + $"{string.Join(" | ", growth.Select(report => Fixed.Text(report.Reads.RereadsPerTurn)))} |";
        yield return $"| CPU of the server per turn, start included, ms | "
            + $"{string.Join(" | ", growth.Select(report => Fixed.Text(ServerMs(report))))} |";
        yield return $"| CPU of PostgreSQL per turn, ms | "
            + $"{string.Join(" | ", growth.Select(report => Fixed.Text(DatabaseMs(report))))} |";
        yield return $"| memory of the server at its peak, MB | "
            + $"{string.Join(" | ", growth.Select(report => Fixed.Text(report.Process.RssPeakMb)))} |";
    }

    private static Dictionary<string, double> Figures(
        IReadOnlyList<(string Title, string Name, ScaleReport Report)> storms,
        IReadOnlyList<(int Replicas, ScaleReport Report)> halves,
        IReadOnlyList<ScaleReport> growth)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (_, name, report) in storms)
        {
            figures[$"seed.{name}.statements"] = report.Store.StatementsPerTurn;
            figures[$"seed.{name}.commits"] = report.Store.CommitsPerTurn;
            figures[$"seed.{name}.rereads"] = report.Reads.RereadsPerTurn;
        }

        foreach (var (replicas, half) in halves)
        {
            figures[$"seed.half.{replicas}.p99_ms"] = half.LatencyMs.CommitToDeliveryP99 ?? 0;
        }

        foreach (var report in growth)
        {
            figures[$"seed.growth.{report.Config.Chats}.statements"] = report.Store.StatementsPerTurn;
        }

        return figures;
    }

    private static PlotFile Plot(IReadOnlyList<ScaleReport> growth) => new(
        "What a turn costs as chats grow in number", "chats", [.. growth.Select(report => (double)report.Config.Chats)])
    {
        Lines =
        [
            ("statements", [.. growth.Select(report => report.Store.StatementsPerTurn)]),
            ("server, ms of CPU", [.. growth.Select(ServerMs)]),
            ("PostgreSQL, ms of CPU", [.. growth.Select(DatabaseMs)]),
        ],
    };

    private static double ServerMs(ScaleReport report) => report.Process.CpuSeconds * 1000 / report.Turns.Completed;

    private static double DatabaseMs(ScaleReport report) =>
        (report.Process.DatabaseCpuSeconds ?? 0) * 1000 / report.Turns.Completed;
}
