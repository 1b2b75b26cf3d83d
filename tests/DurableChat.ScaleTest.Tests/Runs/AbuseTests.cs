using Xunit;

namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>
/// The attacks of the lab, at small size. Their figures are of no interest here, only that each bound holds.
/// </summary>
[Collection(nameof(RunCollection))]
public sealed class AbuseTests
{
    [Fact]
    public async Task The_cheapest_attacks_break_no_bound()
    {
        string[] attacks = ["bodies", "later rows"];
        var (code, output) = await DurableChatProgram.RunProgramAsync("DurableChat.Lab.dll", ["abuse", "--size", "small", "--only", .. attacks]);
        Assert.True(code == 0, output);
        Assert.All(attacks, attack => Assert.Matches($@"\| {attack} \|.*\| holds[^|]*\|", output));
    }
}
