using System.Text.Json;
using DurableChat.Cluster.Tests.Redis;
using DurableChat.Lab.Faults;
using DurableChat.ScaleTest.Commands;
using DurableChat.ScaleTest.Faults;
using DurableChat.ScaleTest.Reporting;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using Xunit;

namespace DurableChat.Cluster.Tests.Cluster;

/// <summary>
/// Whole clusters: three real servers on a real PostgreSQL, subscribers spread over them, every stream checked.
/// </summary>
public sealed class ClusterRunTests
{
    private static readonly LoadOptions _small = new() { Chats = 20, Turns = 4, TurnTimeout = TimeSpan.FromSeconds(60) };

    [Fact]
    public async Task A_storm_over_three_replicas_reads_next_to_nothing()
    {
        var report = await RunAsync(_small with { Subscribers = 3 }, new BedOptions { Replicas = 3 });
        Assert.Equal(80, report.Turns.Completed);
        Assert.InRange(report.Reads.RereadsPerTurn, 0, 0.1);
        Assert.Equal(2, report.Store.CommitsPerTurn);
        Assert.True(report.Reads.InlineHits > 0);
        Assert.True(report.Store.PoolPeakInUse <= 3 * 20);
    }

    [Fact]
    public async Task Messages_too_large_for_a_notification_are_read_once_for_each_replica()
    {
        var report = await RunAsync(_small with { Chats = 6, Subscribers = 20, MessageBytes = 12_000 }, new BedOptions { Replicas = 3 });
        var messages = 2 * report.Turns.Completed;
        Assert.InRange(report.Reads.StreamMessageReads, 1, 2 * messages);
        Assert.Equal(0, report.Reads.StreamMessageReadsSameReplica);
    }

    [Fact]
    public async Task Streams_resume_at_any_replica() => await RunAsync(_small with { Scenario = "reconnect", Subscribers = 2 }, new BedOptions { Replicas = 3 });

    [Fact]
    public async Task Edits_reset_the_followers_at_every_replica() => await RunAsync(_small with { Scenario = "edit", Subscribers = 3 }, new BedOptions { Replicas = 3 });

    [Fact]
    public async Task Notifications_may_be_lost_repeated_and_reordered_and_clocks_may_differ() =>
        await RunAsync(_small, new BedOptions { Replicas = 3, Program = LabServer.Program, OwnSettings = (replica, _) => LabServer.Settings(replica, clockSkewMinutes: 10, notificationFaultRate: 0.3) });

    [Fact]
    public async Task Nothing_is_lost_whatever_is_killed_frozen_or_cut()
    {
        var report = await RunAsync(
            _small with { Scenario = "soak", Rate = 5, Duration = TimeSpan.FromSeconds(60) },
            // Answers take so long that each replica has some under way whenever it is killed or frozen.
            new BedOptions { Replicas = 3, HasFaults = true, FirstTokenMs = 2_000 },
            FaultKind.Kill, FaultKind.Pause, FaultKind.Terminate, FaultKind.Restart, FaultKind.Rolling);
        Assert.True(report.Faults.Count >= 4);
        Assert.Contains(report.Faults, fault => fault.TakenOver > 0);
    }

    [Fact]
    public async Task A_channel_that_is_cut_and_a_database_that_is_slow_delay_and_lose_nothing()
    {
        var report = await RunAsync(
            _small with { Scenario = "soak", Rate = 5, Duration = TimeSpan.FromSeconds(30) },
            new BedOptions { Replicas = 3, HasFaults = true, ChannelTime = TimeSpan.FromSeconds(5) },
            FaultKind.Channel, FaultKind.Slow);
        Assert.Equal([FaultKind.Channel, FaultKind.Slow], report.Faults.Select(fault => fault.Kind).Distinct());
    }

    [Fact]
    public async Task Over_redis_replicas_read_next_to_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        var report = await RunAsync(_small with { Subscribers = 3 }, new BedOptions { Replicas = 3, Redis = $"127.0.0.1:{redis.Port}" });
        Assert.Equal(80, report.Turns.Completed);
        Assert.InRange(report.Reads.RereadsPerTurn, 0, 0.1);
        Assert.True(report.Reads.InlineHits > 0);
    }

    [Fact]
    public async Task Over_redis_nothing_is_lost_while_the_channel_is_cut_and_a_replica_is_killed()
    {
        await using var redis = await RedisServer.StartAsync();
        var report = await RunAsync(
            _small with { Scenario = "soak", Rate = 5, Duration = TimeSpan.FromSeconds(25) },
            new BedOptions { Replicas = 3, HasFaults = true, Redis = $"127.0.0.1:{redis.Port}", ChannelTime = TimeSpan.FromSeconds(5) },
            FaultKind.Channel, FaultKind.Kill);
        Assert.Equal([FaultKind.Channel, FaultKind.Kill], report.Faults.Select(fault => fault.Kind).Distinct());
    }

    private static async Task<ScaleReport> RunAsync(LoadOptions load, BedOptions bed, params IReadOnlyList<FaultKind> faults)
    {
        var file = Path.GetTempFileName();
        try
        {
            var code = await ScaleTestRun.RunAsync(new ScaleTestOptions(load, bed, faults, file, null), TimeProvider.System);
            var report = JsonSerializer.Deserialize<ScaleReport>(await File.ReadAllTextAsync(file), ScaleReport.Json)!;
            Assert.Empty(report.Violations);
            Assert.True(code == ScaleTestRun.Clean, string.Join('\n', report.TimedOutChats));
            return report;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
