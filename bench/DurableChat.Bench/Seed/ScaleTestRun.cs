using System.Text.Json;
using DurableChat.Bench.Running;
using DurableChat.ScaleTest.Reporting;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;

namespace DurableChat.Bench.Seed;

/// <summary>Runs <c>durablechat scaletest</c> and reads its report.</summary>
internal static class ScaleTestRun
{
    /// <summary>Runs its storm on PostgreSQL.</summary>
    /// <exception cref="InvalidOperationException">
    /// It found a violation, a turn failed, or it could not run.
    /// </exception>
    public static Task<ScaleReport> StormAsync(
        int chats,
        int turns,
        int replicas,
        bool hasWindow,
        CancellationToken cancellationToken) =>
        RunAsync([
            "--store",
            "postgres",
            "--chats",
            $"{chats}",
            "--turns",
            $"{turns}",
            "--replicas",
            $"{replicas}",
            .. hasWindow ? Array.Empty<string>() : ["--durable-window", "0"],
        ], cancellationToken);

    /// <summary>
    /// Finds out how many turns a second servers reach under a storm, and runs half as many at a steady rate on the
    /// same servers.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// It found a violation, a turn failed, or it could not run.
    /// </exception>
    public static async Task<ScaleReport> HalfAsync(
        int replicas,
        int chats,
        int seconds,
        CancellationToken cancellationToken)
    {
        await using var bed = await TestBed.StartAsync(
            new BedOptions { Store = "postgres", Replicas = replicas },
            new LoadOptions { Chats = chats },
            cancellationToken);
        string[] load = [
            "--chats", $"{chats}", .. bed.Replicas.SelectMany(replica => new[] { "--url", replica.ToString() }),
        ];
        var storm = await RunAsync([.. load, "--turns", "4"], cancellationToken);
        var half = Math.Max(1, (int)storm.Turns.PerSecond / 2);
        return await RunAsync(
            [.. load, "--scenario", "soak", "--rate", $"{half}", "--duration", $"{seconds}"], cancellationToken);
    }

    private static async Task<ScaleReport> RunAsync(IReadOnlyList<string> load, CancellationToken cancellationToken)
    {
        var file = Path.GetTempFileName();
        try
        {
            string[] arguments = ["scaletest", .. load, "--json", file];
            using var program = ChildProcess.Start(
                Environment.ProcessPath!,
                [Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll"), .. arguments]);
            await program.Output.ReadToEndAsync(cancellationToken);
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            var report = text.Length > 0 ? JsonSerializer.Deserialize<ScaleReport>(text, ScaleReport.Json) : null;
            Console.Error.WriteLine($"scaletest {string.Join(' ', load)}: {report?.ElapsedSeconds:F1} s");
            return report?.IsClean() == true
                ? report
                : throw new InvalidOperationException($"The scale test failed: {string.Join(' ', arguments)}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
