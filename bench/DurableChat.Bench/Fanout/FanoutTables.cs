using System.Globalization;
using DurableChat.Bench.Load;
using DurableChat.Bench.Targets;
using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Fanout;

/// <summary>The tables of the fan-out, in Markdown.</summary>
internal static class FanoutTables
{
    public static IEnumerable<string> Markdown(IReadOnlyList<FanoutCell> cells)
    {
        foreach (var shape in Shape.All)
        {
            foreach (var kind in Enum.GetValues<EventKind>())
            {
                var rows = cells.Where(cell => cell.Shape == shape.Name
                    && cell.Any.Kind == kind
                    && cell.Any.Mode == PhaseMode.Saturated).ToList();
                if (rows.Count == 0)
                {
                    continue;
                }

                yield return $"**{shape.Title}, {(kind == EventKind.Message ? $"messages of {EventText.MessageBytes} bytes" : $"parts of {EventText.PartChars} bytes")}**";
                yield return "";
                yield return "| | deliveries/s | server µs CPU per delivery | Redis µs | at half the rate: p50 ms | "
                    + "p99 ms | one by one: deliveries/s | server µs CPU | server memory MB |";
                yield return "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";
                foreach (var row in rows)
                {
                    yield return Row(row, Beside(cells, row, PhaseMode.Half), Beside(cells, row, PhaseMode.OneByOne));
                }

                yield return "";
            }
        }

        foreach (var line in Paced(cells))
        {
            yield return line;
        }
    }

    private static FanoutCell? Beside(IReadOnlyList<FanoutCell> cells, FanoutCell row, PhaseMode mode) =>
        cells.FirstOrDefault(cell => cell.Shape == row.Shape
            && cell.Target == row.Target
            && cell.Any.Kind == row.Any.Kind
            && cell.Any.Mode == mode);

    private static string Row(FanoutCell saturated, FanoutCell? half, FanoutCell? single)
    {
        var target = TargetSpec.All.Single(target => target.Name == saturated.Target);
        var lost = saturated.Rounds.Sum(round => round.Lost) + (half?.Rounds.Sum(round => round.Lost) ?? 0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {target.Title}{(lost > 0 ? $" ({lost} lost)" : "")} | {saturated.Median(r => r.PerSecond):N0} | "
                + $"{saturated.Median(r => r.MicrosPerDelivery):F1} | "
                + $"{(target.NeedsRedis ? saturated.Median(r => r.SideMicrosPerDelivery).ToString("F1", CultureInfo.InvariantCulture) : "")} | {half?.Median(r => r.P50) / 1000:F2} | {half?.Median(r => r.P99) / 1000:F2} | {single?.Median(r => r.PerSecond):N0} | {single?.Median(r => r.MicrosPerDelivery):F1} | {saturated.Median(r => r.Bytes) / 1e6:F0} |");
    }

    private static IEnumerable<string> Paced(IReadOnlyList<FanoutCell> cells)
    {
        var paced = cells.Where(cell => cell.Any.Mode == PhaseMode.Paced).ToList();
        if (paced.Count == 0)
        {
            yield break;
        }

        yield return $"**One subscriber: CPU of the server per message, at {FanoutRun.Pace:N0} messages a second and "
            + "saturated**";
        yield return "";
        yield return "| | paced, µs | saturated, µs | ratio |";
        yield return "| --- | ---: | ---: | ---: |";
        foreach (var cell in paced)
        {
            var saturated = cells.First(other => other.Shape == cell.Shape
                && other.Target == cell.Target
                && other.Any.Mode == PhaseMode.Saturated
                && other.Any.Kind == EventKind.Message).Median(r => r.MicrosPerEvent);
            var each = cell.Median(r => r.MicrosPerEvent);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"| {TargetSpec.All.Single(target => target.Name == cell.Target).Title} | {each:F1} | {saturated:F1} | "
                    + $"{each / saturated:F1} |");
        }
    }
}
