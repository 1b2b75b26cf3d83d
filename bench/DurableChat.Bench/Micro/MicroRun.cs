using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DurableChat.Bench.Reporting;
using DurableChat.ScaleTest.Running;
using Perfolizer.Horology;

namespace DurableChat.Bench.Micro;

/// <summary>Runs the micro-benchmarks in this process.</summary>
internal static class MicroRun
{
    public static async Task<PartReport> RunAsync(bool isQuick, CancellationToken cancellationToken)
    {
        await using var postgres = await PostgresProcess.StartAsync(isDurable: true, cancellationToken);
        DatabaseBenchmarks.ConnectionString = postgres.ConnectionString;
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
            .WithIterationTime(TimeInterval.FromMilliseconds(isQuick ? 50 : 250))
            .WithWarmupCount(isQuick ? 1 : 4)
            .WithIterationCount(isQuick ? 1 : 8);
        await using var log = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddLogger(new StreamLogger(log))
                .WithOptions(ConfigOptions.DisableOptimizationsValidator)
                .WithArtifactsPath(Path.Combine(".build", "bench", "micro"));
        Type[] all = [
            typeof(WindowBenchmarks),
            typeof(DatabaseBenchmarks),
            typeof(PublishBenchmarks),
            typeof(PureBenchmarks),
            typeof(SealBenchmarks),
            typeof(CommitBenchmarks),
        ];
        return MicroTable.Make([.. all.SelectMany(type => BenchmarkRunner.Run(type, config).Reports)]);
    }
}
