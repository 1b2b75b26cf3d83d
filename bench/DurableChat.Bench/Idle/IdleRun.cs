using System.Globalization;
using DurableChat.Bench.Reporting;
using DurableChat.Bench.Running;
using DurableChat.Bench.Targets;

namespace DurableChat.Bench.Idle;

/// <summary>
/// Measures what a subscriber costs to whom nothing is sent: the growth of the server's resident memory, from the first
/// hundred on.
/// </summary>
internal static class IdleRun
{
    /// <summary>Connections that are there before, so that what every server has once does not count.</summary>
    private const int First = 100;

    /// <summary>Descriptors that a server needs besides connections.</summary>
    private const int Reserve = 1500;

    private static readonly string[] _targets = ["ours-sse", "ours-ws", "kestrel-sse", "kestrel-ws", "signalr"];

    public static async Task<PartReport> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        int[] counts = isQuick ? [1000] : [1000, 10_000, Math.Min(20_000, OpenFiles() - Reserve)];
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        List<string> lines =
        [
            $"| bytes per connection | "
                + $"{string.Join(" | ", counts.Select(count => count.ToString("N0", CultureInfo.InvariantCulture)))} | "
                + $"server with the most, MB |",
            $"| --- | {string.Concat(counts.Select(_ => "---: | "))}---: |",
        ];
        foreach (var target in TargetSpec.All.Where(target => _targets.Contains(target.Name)))
        {
            var results = await TargetRun.RunAsync(
                target,
                counts[^1] + First,
                1,
                1,
                [],
                [First, .. counts.Select(count => count + First)],
                cancellationToken);
            var each = counts.Select((count, i) => (double)(results[i + 1].Bytes - results[0].Bytes) / count).ToList();
            lines.Add(
                $"| {target.Title} | {string.Join(" | ", each.Select(Fixed.Text))} | "
                    + $"{Fixed.Text(results[^1].Bytes / 1e6)} |");
            figures[$"idle.{target.Name}.bytes"] = each[^1];
            Console.Error.WriteLine(lines[^1]);
        }

        if (!isQuick && counts[^1] < 20_000)
        {
            lines.AddRange(
                ["", $"20,000 do not fit into this machine's limit of {OpenFiles():N0} open files for each process."]);
        }

        return new PartReport("idle", "bench/run idle", lines, figures);
    }

    private static int OpenFiles() =>
        File.ReadLines("/proc/self/limits").Where(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Select(line => int.Parse(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture)).Single();
}
