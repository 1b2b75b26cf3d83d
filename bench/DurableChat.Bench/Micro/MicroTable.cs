using BenchmarkDotNet.Reports;
using DurableChat.Bench.Reporting;

namespace DurableChat.Bench.Micro;

/// <summary>The table of the micro-benchmarks.</summary>
internal static class MicroTable
{
    private static readonly Dictionary<string, (string Title, int Events)> _rows = new()
    {
        ["WindowBenchmarks.CatchUp(Events=1)"] = ("catch-up of 1 message from the window", 1),
        ["DatabaseBenchmarks.CatchUp(Events=1)"] = ("the same from PostgreSQL", 1),
        ["WindowBenchmarks.CatchUp(Events=50)"] = ("catch-up of 50 messages from the window", 50),
        ["DatabaseBenchmarks.CatchUp(Events=50)"] = ("the same from PostgreSQL", 50),
        ["PublishBenchmarks.Publish(Subscribers=0)"] = ("publish a message of 1 KB, no subscriber", 1),
        ["PublishBenchmarks.Publish(Subscribers=1)"] = ("the same until 1 subscriber has it", 1),
        ["PublishBenchmarks.Publish(Subscribers=100)"] = ("the same until 100 subscribers have it", 100),
        ["PureBenchmarks.Send()"] = ("transition: send a message", 1),
        ["PureBenchmarks.Finish()"] = ("transition: finish a turn", 1),
        ["PureBenchmarks.SerializeMessage()"] = ("serialise a message of 1 KB, frame included", 1),
        ["PureBenchmarks.SerializePart()"] = ("serialise a part of 20 bytes, frame included", 1),
        ["SealBenchmarks.Seal()"] = ("seal the notification of a message of 1 KB", 1),
        ["SealBenchmarks.Open()"] = ("open it", 1),
        ["CommitBenchmarks.Commit(Store=SQLite)"] = ("commit of a message of 1 KB, SQLite", 1),
        ["CommitBenchmarks.Commit(Store=PostgreSQL)"] = ("the same, PostgreSQL", 1),
    };

    public static PartReport Make(IReadOnlyList<BenchmarkReport> reports)
    {
        var found = reports.Where(report => report.ResultStatistics is not null).ToDictionary(NameOf);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        List<string> lines = [
            "| | µs | operations/s | bytes allocated | per event |", "| --- | ---: | ---: | ---: | ---: |",
        ];
        foreach (var (name, (title, events)) in _rows)
        {
            if (!found.TryGetValue(name, out var report))
            {
                throw new InvalidOperationException($"{name} gave no result; see above.");
            }

            var nanoseconds = report.ResultStatistics!.Median;
            var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
            lines.Add(
                $"| {title} | {Fixed.Text(nanoseconds / 1000)} | {Fixed.Text(1e9 / nanoseconds)} | {Fixed.Text(bytes)} "
                    + $"| {Fixed.Text(bytes / (double)events)} |");
            figures[$"micro.{name}.ns"] = nanoseconds;
            figures[$"micro.{name}.bytes"] = bytes;
        }

        return new PartReport("micro", "bench/run micro", lines, figures);
    }

    private static string NameOf(BenchmarkReport report)
    {
        var parameters = string.Join(
            ',', report.BenchmarkCase.Parameters.Items.Select(parameter => $"{parameter.Name}={parameter.Value}"));
        return $"{report.BenchmarkCase.Descriptor.Type.Name}.{report.BenchmarkCase.Descriptor.WorkloadMethod.Name}("
            + $"{parameters})";
    }
}
