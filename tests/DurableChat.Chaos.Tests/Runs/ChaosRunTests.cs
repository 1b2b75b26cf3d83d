using DurableChat.Lab.Chaos;
using DurableChat.Lab.Chaos.InProcess;
using DurableChat.Lab.Chaos.Worlds;
using Xunit;

namespace DurableChat.Chaos.Tests.Runs;

/// <summary>
/// A few seeds of each kind, small; <c>lab/run chaos</c> runs as many and as large ones as one likes.
/// </summary>
[Collection(nameof(ChaosRunTests))]
public sealed class ChaosRunTests
{
    [Fact]
    public async Task Nothing_is_lost_doubled_reordered_stuck_undriven_or_done_twice_among_three_replicas_in_one_process()
    {
        var options = new ChaosOptions { Replicas = 3, Store = "sqlite", Steps = 100, Chats = 4, Clients = 6, FaultCount = 4, PaceMs = 200, MaxStallSeconds = 15, Faults = InProcessWorld.Faults };
        await Parallel.ForEachAsync(Enumerable.Range(1, 12), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) => await RunAsync(options with { Seed = seed }, InProcessWorld.StartAsync));
    }

    /// <summary>The previous version is this one here; the script tests/rolling-upgrade takes a real one.</summary>
    [Fact]
    public Task Nothing_is_lost_on_one_server_with_sqlite() => RunAsync(
        new ChaosOptions { Seed = 1, Replicas = 1, Store = "sqlite", Steps = 60, Chats = 3, Clients = 4, FaultCount = 3, Faults = [ChaosFault.Kill, ChaosFault.Upgrade, ChaosFault.DiskFull], Previous = Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.dll") },
        ProcessWorld.StartAsync);

    [Fact]
    public Task Nothing_is_lost_on_three_servers_with_postgresql() => RunAsync(
        new ChaosOptions { Seed = 1, Replicas = 3, Store = "postgres", Steps = 80, Chats = 4, Clients = 6, FaultCount = 4, MaxStallSeconds = 8, Faults = [ChaosFault.Kill, ChaosFault.Restart, ChaosFault.Hang, ChaosFault.Late] },
        ProcessWorld.StartAsync);

    private static async Task RunAsync(ChaosOptions options, ChaosWorldFactory makeWorld)
    {
        await using var world = await makeWorld(options, CancellationToken.None);
        var result = await new ChaosRun(options, world).RunAsync(CancellationToken.None);
        Assert.True(result.Violations.Count == 0, $"Seed {options.Seed}:\n{string.Join('\n', result.Violations)}");

        // How many are refused depends on how long faults last on this machine; far fewer mean that the run was none.
        Assert.True(result.Acknowledged > options.Steps / 5, $"Only {result.Acknowledged} commands were acknowledged.");
        Assert.Equal(options.FaultCount, result.Faults.Sum(fault => fault.Injected));
    }
}

/// <summary>Whole runs, one at a time: each keeps the machine busy.</summary>
[CollectionDefinition(nameof(ChaosRunTests), DisableParallelization = true)]
public sealed class ChaosRunCollection;
