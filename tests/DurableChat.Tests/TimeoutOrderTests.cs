using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests;

public sealed class TimeoutOrderTests
{
    [Theory]
    [InlineData("Store:StatementTimeout", "Command Timeout of Store:PostgreSql", 10, 10)]
    [InlineData("Command Timeout of Store:PostgreSql", "Store:FailoverTime", 20, 15)]
    [InlineData("Store:HeartbeatTimeout", "Worker:LeaseDuration", 10, 20)]
    [InlineData("Worker:HeartbeatInterval", "Worker:LeaseDuration", 5, 14)]
    [InlineData("Worker:ReconcileInterval", "Worker:LeaseDuration", 11, 20)]
    [InlineData("Notifications:SyncIntervalWhileDown", "Notifications:SyncInterval", 5, 4)]
    [InlineData("Notifications:SyncInterval", "Notifications:ListSyncInterval", 31, 30)]
    [InlineData("Notifications:ProbePatience", "Notifications:ProbeInterval", 16, 15)]
    [InlineData("Worker:DrainTime", "HostOptions.ShutdownTimeout", 15, 30)]
    public void Timeouts_in_the_wrong_order_are_refused_with_both_names(string shorter, string longer, int shorterSeconds, int longerSeconds)
    {
        var timeouts = new Dictionary<string, TimeSpan> { [shorter] = TimeSpan.FromSeconds(shorterSeconds), [longer] = TimeSpan.FromSeconds(longerSeconds) };
        var problem = Assert.Single(TimeoutOrder.Check(timeouts));
        Assert.StartsWith($"{longer} ({timeouts[longer]}) must be ", problem, StringComparison.Ordinal);
        Assert.Contains($" {shorter} ({timeouts[shorter]}), or ", problem, StringComparison.Ordinal);
        timeouts[longer] = TimeSpan.FromSeconds((3 * shorterSeconds) + 1);
        Assert.Empty(TimeoutOrder.Check(timeouts));
        timeouts.Remove(shorter);
        Assert.Empty(TimeoutOrder.Check(timeouts));
    }

    [Fact]
    public void The_options_of_the_library_are_checked_and_the_defaults_stand_in_order()
    {
        Assert.Empty(new DurableChatOptions().Validate());
        Assert.Contains("Worker:HeartbeatInterval", Assert.Single(new DurableChatOptions { Worker = new WorkerOptions { LeaseDuration = TimeSpan.FromSeconds(14), HeartbeatInterval = TimeSpan.FromSeconds(5) } }.Validate()), StringComparison.Ordinal);
    }
}
