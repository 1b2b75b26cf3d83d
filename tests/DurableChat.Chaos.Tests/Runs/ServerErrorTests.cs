using DurableChat.Lab.Chaos;
using DurableChat.Lab.Chaos.InProcess;
using DurableChat.ScaleTest.Checking;
using Xunit;

namespace DurableChat.Chaos.Tests.Runs;

/// <summary>Of all answers of 5xx, 503 is the only one that a server may give.</summary>
public sealed class ServerErrorTests
{
    private static readonly ChaosOptions _options =
        new() { Replicas = 1, Store = "sqlite", Steps = 12, Chats = 1, Clients = 1, FaultCount = 0, ModelErrors = 0, NotificationFaults = 0, PaceMs = 1 };

    [Fact]
    public async Task A_5xx_other_than_503_is_a_violation()
    {
        var violation = Assert.Single(await RunAsync(500, 503, 502, 429, 504));
        Assert.StartsWith("3 requests ", violation.Detail, StringComparison.Ordinal);
        Assert.Equal(["500", "502", "504"], violation.Recent.Select(request => request[^3..]));
    }

    [Fact]
    public async Task A_503_and_a_refusal_are_none() => Assert.Empty(await RunAsync(503, 429, 503));

    private static async Task<IEnumerable<Violation>> RunAsync(params int[] statuses)
    {
        await using var world = new AnsweringWorld(await InProcessWorld.StartAsync(_options, CancellationToken.None), statuses);
        var result = await new ChaosRun(_options, world).RunAsync(CancellationToken.None);
        return result.Violations.Where(violation => violation.Kind == ViolationKind.ServerError);
    }
}
