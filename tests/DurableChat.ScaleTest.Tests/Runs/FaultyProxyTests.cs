using System.Text.Json;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Commands;
using DurableChat.ScaleTest.Reporting;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using Xunit;

namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>
/// Whole runs through a proxy that spoils the streams: each fault must be found, and named for what it is.
/// </summary>
[Collection(nameof(RunCollection))]
public sealed class FaultyProxyTests(FaultyProxyTests.Server server) : IClassFixture<FaultyProxyTests.Server>
{
    [Theory]
    [InlineData(Fault.DropMessage, nameof(ViolationKind.Gap))]
    [InlineData(Fault.RepeatMessage, nameof(ViolationKind.Duplicate))]
    [InlineData(Fault.SwapMessages, nameof(ViolationKind.Gap))]
    [InlineData(Fault.DropPart, nameof(ViolationKind.PartGap))]
    [InlineData(Fault.RepeatPart, nameof(ViolationKind.PartDuplicate))]
    [InlineData(Fault.SwapParts, nameof(ViolationKind.PartGap))]
    [InlineData(Fault.PartAfterMessage, nameof(ViolationKind.StalePart))]
    [InlineData(Fault.WrongEpoch, nameof(ViolationKind.WrongEpoch))]
    [InlineData(Fault.ChangeText, nameof(ViolationKind.Content))]
    [InlineData(Fault.DropTail, nameof(ViolationKind.Lost))]
    [InlineData(Fault.RepeatStatus, nameof(ViolationKind.StaleStatus))]
    [InlineData(Fault.OtherId, nameof(ViolationKind.Malformed))]
    [InlineData(Fault.DropFromHistory, nameof(ViolationKind.Unknown))]
    [InlineData(Fault.ChangeHistory, nameof(ViolationKind.Content))]
    public async Task A_fault_is_found(Fault fault, string expected)
    {
        var (code, report) = await RunAsync(fault);
        Assert.Equal(ScaleTestRun.Violated, code);
        Assert.Contains(report.Violations, violation => violation.Kind.ToString() == expected);
        Assert.All(report.Violations, violation => Assert.NotEmpty(violation.Chat));
    }

    [Fact]
    public async Task Without_a_fault_nothing_is_found()
    {
        var (code, report) = await RunAsync(Fault.None);
        Assert.Equal(ScaleTestRun.Clean, code);
        Assert.Empty(report.Violations);
        Assert.Equal(6, report.Turns.Completed);
        Assert.True(report.Process.CpuSeconds > 0);
    }

    private async Task<(int Code, ScaleReport Report)> RunAsync(Fault fault)
    {
        await using var proxy = await FaultyProxy.StartAsync(server.Url, fault);
        var file = Path.GetTempFileName();
        try
        {
            // A turn whose end the proxy swallows must not keep the test for long; any other may take its time on a
            // busy machine.
            var patience = TimeSpan.FromSeconds(fault == Fault.DropTail ? 2 : 30);
            var load = new LoadOptions { Chats = 2, Turns = 3, Subscribers = 2, TurnTimeout = patience, QuietTime = TimeSpan.FromSeconds(1) };
            var code = await ScaleTestRun.RunAsync(new ScaleTestOptions(load, new BedOptions { Urls = [proxy.Url] }, [], file, null), TimeProvider.System);
            return (code, JsonSerializer.Deserialize<ScaleReport>(await File.ReadAllTextAsync(file), ScaleReport.Json)!);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>One server for all faults.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private TestBed? _bed;

        internal Uri Url => _bed!.Replicas[0];

        public async ValueTask InitializeAsync() =>
            _bed = await TestBed.StartAsync(new BedOptions { FirstTokenMs = 30, ChunkMs = 2 }, new LoadOptions { Chats = 10 }, CancellationToken.None);

        public ValueTask DisposeAsync() => _bed!.DisposeAsync();
    }
}
