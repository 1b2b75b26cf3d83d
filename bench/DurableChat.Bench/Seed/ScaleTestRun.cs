using System.Text.Json;
using DurableChat.Bench.Running;
using DurableChat.ScaleTest.Reporting;

namespace DurableChat.Bench.Seed;

/// <summary>Runs <c>durablechat scaletest</c> and reads its report.</summary>
internal static class ScaleTestRun
{
    /// <summary>Runs its storm on PostgreSQL.</summary>
    /// <exception cref="InvalidOperationException">It found a violation, a turn failed, or it could not run.</exception>
    public static Task<ScaleReport> StormAsync(int chats, int turns, int replicas, bool hasWindow, CancellationToken cancellationToken) =>
        RunAsync(["--chats", $"{chats}", "--turns", $"{turns}", "--replicas", $"{replicas}", .. hasWindow ? Array.Empty<string>() : ["--durable-window", "0"]], cancellationToken);

    /// <summary>Runs turns at a steady rate.</summary>
    /// <exception cref="InvalidOperationException">It found a violation, a turn failed, or it could not run.</exception>
    public static Task<ScaleReport> SoakAsync(int chats, int turnsPerSecond, int seconds, int replicas, CancellationToken cancellationToken) =>
        RunAsync(["--scenario", "soak", "--chats", $"{chats}", "--rate", $"{turnsPerSecond}", "--duration", $"{seconds}", "--replicas", $"{replicas}"], cancellationToken);

    private static async Task<ScaleReport> RunAsync(IReadOnlyList<string> load, CancellationToken cancellationToken)
    {
        var file = Path.GetTempFileName();
        try
        {
            string[] arguments = ["scaletest", .. load, "--store", "postgres", "--json", file];
            using var program = ChildProcess.Start(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll"), .. arguments]);
            await program.Output.ReadToEndAsync(cancellationToken);
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            var report = text.Length > 0 ? JsonSerializer.Deserialize<ScaleReport>(text, ScaleReport.Json) : null;
            Console.Error.WriteLine($"scaletest {string.Join(' ', load)}: {report?.ElapsedSeconds:F1} s");
            return report?.IsClean() == true ? report : throw new InvalidOperationException($"The scale test failed: {string.Join(' ', arguments)}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
