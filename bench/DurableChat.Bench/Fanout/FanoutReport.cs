using DurableChat.Bench.Load;
using DurableChat.Bench.Reporting;
using DurableChat.Bench.Targets;
using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Fanout;

/// <summary>The fan-out's tables, plot and figures.</summary>
internal static class FanoutReport
{
    private static readonly string[] _plotted = ["ours-sse", "ours-ws", "signalr"];

    public static PartReport Make(IReadOnlyList<FanoutCell> cells, int rounds)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var cell in cells)
        {
            var name = $"fanout.{cell.Shape}.{cell.Any.Kind}.{cell.Any.Mode}.{cell.Target}";
            figures[$"{name}.per_second"] = cell.Median(result => result.PerSecond);
            figures[$"{name}.micros_per_delivery"] = cell.Median(result => result.MicrosPerDelivery);
            figures[$"{name}.micros_per_event"] = cell.Median(result => result.MicrosPerEvent);
            figures[$"{name}.p99_ms"] = cell.Median(result => result.P99) / 1000;
        }

        return new PartReport(
            "fanout",
            rounds == 3 ? "bench/run fanout" : $"bench/run fanout --rounds {rounds}",
            [.. FanoutTables.Markdown(cells)],
            figures)
        {
            Plots = new Dictionary<string, string> { ["bench-fanout.svg"] = Plot(cells).Render() },
        };
    }

    private static PlotFile Plot(IReadOnlyList<FanoutCell> cells)
    {
        var shapes = Shape.All.Where(shape => shape.Chats == 1).ToList();
        return new PlotFile(
            "Messages of 993 bytes: microseconds of the server's CPU per delivery",
            "subscribers of one chat",
            [.. shapes.Select(shape => (double)shape.Subscribers)])
        {
            Lines = [.. TargetSpec.All.Where(target => _plotted.Contains(target.Name))
                .Select(target => (target.Title, Values(target)))],
        };

        IReadOnlyList<double> Values(TargetSpec target) => [.. shapes.Select(shape =>
            cells.FirstOrDefault(cell => cell.Shape == shape.Name && cell.Target == target.Name && cell.Any is
            {
                Kind: EventKind.Message,
                Mode: PhaseMode.Saturated,
            })?.Median(result => result.MicrosPerDelivery) ?? 0)];
    }
}
