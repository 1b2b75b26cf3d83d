using System.Globalization;
using System.Text.Json;
using DurableChat.ScaleTest.Commands;
using DurableChat.ScaleTest.Running;

namespace DurableChat.Lab.Chaos;

/// <summary>Runs seeds, tells of each in a line, and of each violation how to see it again.</summary>
internal static class ChaosSeeds
{
    private const int MaxShown = 5;

    public static async Task<int> RunAsync(
        IReadOnlyList<int> seeds,
        ChaosOptions options,
        ChaosMode mode,
        ChaosWorldFactory makeWorld,
        int parallel,
        string? jsonFile,
        CancellationToken cancellationToken)
    {
        var results = new List<ChaosResult>();
        try
        {
            await Parallel.ForEachAsync(
                seeds,
                new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
                async (seed, cancelled) =>
                {
                    var own = options with { Seed = seed };
                    await using var world = await makeWorld(own, cancelled);
                    var result = await new ChaosRun(own, world).RunAsync(cancelled);
                    lock (results)
                    {
                        results.Add(result);
                        Show(result, own, mode);
                    }
                });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ScaleTestRun.Interrupted;
        }
        catch (StartFailedException exception)
        {
            await Console.Error.WriteLineAsync($"lab/run: {exception.Message}");
            return ScaleTestRun.NotRun;
        }

        var report = ChaosReport.Of(mode, options, [.. results.OrderBy(result => result.Seed)]);
        ShowTotals(report);
        if (jsonFile is not null)
        {
            await File.WriteAllTextAsync(
                jsonFile, JsonSerializer.Serialize(report, ChaosReport.Json) + "\n", CancellationToken.None);
        }

        return results.Exists(result => result.Violations.Count > 0) ? ScaleTestRun.Violated : ScaleTestRun.Clean;
    }

    /// <summary>The command line that runs a seed again with the same choices.</summary>
    public static string Replay(ChaosOptions options, ChaosMode mode) => string.Create(
        CultureInfo.InvariantCulture,
        $"lab/run chaos --mode {(mode == ChaosMode.Process ? "process" : "in-process")} --seeds {options.Seed} "
            + $"--replicas {options.Replicas} --store {options.Store} --steps {options.Steps} --clients "
            + $"{options.Clients} --chats {options.Chats} --faults "
            + $"{(options.Faults.Count == 0 ? "none" : string.Join(',', options.Faults.Select(fault => fault.ToString().ToLowerInvariant())))} --fault-count {options.FaultCount} --model-errors {options.ModelErrors} --notification-faults {options.NotificationFaults} --pace-ms {options.PaceMs} --max-stall {options.MaxStallSeconds}{(options.Previous is null ? "" : $" --previous '{options.Previous}'")}");

    private static void Show(ChaosResult result, ChaosOptions options, ChaosMode mode)
    {
        var faults = result.Faults.Where(fault => fault.Kind is not null)
            .Select(fault => $"{fault.Kind.ToString()!.ToLowerInvariant()} {fault.Injected}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {result.Seed}: {result.Acknowledged} acknowledged, {result.Refused} refused, {result.Unsure} "
                + $"unsure, {result.Events} events over {result.Connections} connections, faults: "
                + $"{(result.Faults.Count > 1 ? string.Join(", ", faults) : "none")}, longest wait "
                + $"{result.LongestWaitSeconds:0.0} s, {result.Driving}, {result.Usage}, {result.Seconds:0} s, "
                + $"violations {result.Violations.Count}"));
        foreach (var violation in result.Violations.Take(MaxShown))
        {
            Console.WriteLine($"  {violation}");
        }

        if (result.Violations.Count > 0)
        {
            Console.WriteLine(
                $"  {(result.Violations.Count > MaxShown ? $"… and {result.Violations.Count - MaxShown} more. " : "")}Run it again: {Replay(options, mode)}");
        }
    }

    private static void ShowTotals(ChaosReport report)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Seeds.Count} seeds: {report.Seeds.Sum(seed => seed.Acknowledged)} acknowledged, "
                + $"{report.Seeds.Sum(seed => seed.Events)} events, {report.Seeds.Sum(seed => seed.Violations.Count)} "
                + $"violations; {report.Driving}; {report.Usage}"));
        foreach (var fault in report.Faults)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {fault.Kind?.ToString().ToLowerInvariant() ?? "no fault",-10} injected {fault.Injected}, "
                    + $"acknowledged {fault.Acknowledged}, lost {fault.Lost}, stream violations "
                    + $"{fault.StreamViolations}, longest wait {fault.LongestWaitSeconds:0.0} s"));
        }
    }
}
