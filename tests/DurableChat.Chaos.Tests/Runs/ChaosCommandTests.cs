using DurableChat.Lab.Chaos;
using DurableChat.Lab.Chaos.InProcess;
using DurableChat.Lab.Chaos.Worlds;
using Xunit;

namespace DurableChat.Chaos.Tests.Runs;

/// <summary>What can be asked for on the command line.</summary>
public sealed class ChaosCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--replicas 1")]
    [InlineData("--replicas 1 --faults kill,diskfull")]
    [InlineData("--faults kill,terminate --seeds 1-24")]
    [InlineData("--mode in-process --faults diskfull")]
    [InlineData("--faults none --model-errors 0")]
    [InlineData("--previous DurableChat.Server.dll")]
    [InlineData("--previous DurableChat.Server.dll --replicas 1 --faults upgrade,kill")]
    public void What_can_be_done_is_taken(string line) => Assert.Empty(Parse(line));

    [Theory]
    [InlineData("--replicas 1 --faults terminate")]
    [InlineData("--faults diskfull")]
    [InlineData("--faults kill,flood")]
    [InlineData("--mode in-process --store postgres")]
    [InlineData("--replicas 3 --store sqlite")]
    [InlineData("--seeds 3-1")]
    [InlineData("--model-errors 2")]
    [InlineData("--json \"\"")]
    [InlineData("--faults upgrade")]
    [InlineData("--previous \"\"")]
    [InlineData("--previous Nowhere.dll")]
    [InlineData("--previous DurableChat.Server.dll --mode in-process")]
    public void What_cannot_be_done_is_refused(string line) => Assert.NotEmpty(Parse(line));

    [Theory]
    [InlineData("process", 3, "postgres")]
    [InlineData("process", 1, "sqlite")]
    [InlineData("in-process", 3, "sqlite")]
    public void The_line_that_repeats_a_seed_is_taken(string mode, int replicas, string store)
    {
        var isProcess = mode == "process";
        var options = new ChaosOptions { Seed = 7, Replicas = replicas, Store = store, Faults = isProcess ? ProcessWorld.FaultsFor(store, hasPrevious: false) : InProcessWorld.Faults, ModelErrors = 0.25 };
        var line = ChaosSeeds.Replay(options, isProcess ? ChaosMode.Process : ChaosMode.InProcess);
        Assert.StartsWith("lab/run chaos ", line, StringComparison.Ordinal);
        Assert.Empty(Parse(line["lab/run chaos ".Length..]));
    }

    private static IReadOnlyList<object> Parse(string line) => ChaosCommand.Create(InProcessWorld.StartAsync, InProcessWorld.Faults).Parse(line).Errors;
}
