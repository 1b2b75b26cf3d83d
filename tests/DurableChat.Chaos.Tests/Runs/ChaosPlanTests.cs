using CsCheck;
using DurableChat.Lab.Chaos;
using Xunit;

namespace DurableChat.Chaos.Tests.Runs;

/// <summary>All choices follow from the seed, so a run can be seen again.</summary>
public sealed class ChaosPlanTests
{
    private static readonly ChaosOptions _options = new() { Faults = Enum.GetValues<ChaosFault>(), FaultCount = 13 };

    [Fact]
    public void One_seed_gives_one_plan() => Gen.Int[0, int.MaxValue].Sample(
        seed =>
        {
            var (one, other) = (new ChaosPlan(_options with { Seed = seed }), new ChaosPlan(_options with { Seed = seed }));
            Assert.Equal(one.Clients.SelectMany(steps => steps), other.Clients.SelectMany(steps => steps));
            Assert.Equal(one.Faults, other.Faults);
            Assert.Equal(one.Connections(3).Take(20), other.Connections(3).Take(20));
        },
        iter: 50);

    [Fact]
    public void Other_seeds_give_other_plans() => Assert.Equal(
        100,
        Enumerable.Range(1, 100).Select(seed => string.Join(',', new ChaosPlan(_options with { Seed = seed }).Clients.SelectMany(steps => steps))).Distinct().Count());

    [Fact]
    public void Every_kind_of_fault_comes_before_any_comes_again_and_all_come_within_the_steps() => Gen.Int[0, int.MaxValue].Sample(
        seed =>
        {
            var faults = new ChaosPlan(_options with { Seed = seed }).Faults;
            Assert.Equal(_options.Faults.Order(), faults.Take(_options.Faults.Count).Select(fault => fault.Kind).Order());
            Assert.All(faults, fault => Assert.InRange(fault.AtStep, 1, _options.Steps));
            Assert.Equal(faults.Select(fault => fault.AtStep).Order(), faults.Select(fault => fault.AtStep));
        },
        iter: 50);

    [Fact]
    public void Stalls_are_between_5_seconds_and_the_longest_that_is_wanted_and_differ() => Gen.Int[0, int.MaxValue].Sample(
        seed =>
        {
            var stalls = new ChaosPlan(_options with { Seed = seed, MaxStallSeconds = 30 }).Faults.Select(fault => fault.Stall).ToList();
            Assert.All(stalls, stall => Assert.InRange(stall.TotalSeconds, 5, 30));
            Assert.Equal(stalls.Count, stalls.Distinct().Count());
        },
        iter: 50);

    [Fact]
    public void Each_replica_is_upgraded_before_any_is_a_second_time() =>
        Assert.Equal(
            [0, 1, 2, 0],
            new ChaosPlan(_options with { Faults = [ChaosFault.Upgrade, ChaosFault.Kill], FaultCount = 8 }).Faults
                .Where(fault => fault.Kind == ChaosFault.Upgrade).Select(fault => fault.Victim));

    [Fact]
    public void A_step_waits_for_the_faults_before_it_and_for_no_others()
    {
        var progress = new ChaosProgress([new PlannedFault(2, ChaosFault.Kill, 0), new PlannedFault(3, ChaosFault.Pause, 0)]);
        Assert.True(progress.BeginStepAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.False(progress.WaitForFaultAsync(0, CancellationToken.None).IsCompleted);
        var second = progress.BeginStepAsync(CancellationToken.None);
        Assert.True(progress.WaitForFaultAsync(0, CancellationToken.None).IsCompletedSuccessfully);
        Assert.False(progress.WaitForFaultAsync(1, CancellationToken.None).IsCompleted);
        Assert.False(second.IsCompleted);
    }

    [Theory]
    [InlineData("7", 7, 7, 1)]
    [InlineData("1-24", 1, 24, 24)]
    [InlineData("1-10,40,50-60", 1, 60, 22)]
    public void Seeds_are_read(string text, int first, int last, int count)
    {
        var seeds = SeedList.Read(text)!;
        Assert.Equal((first, last, count), (seeds[0], seeds[^1], seeds.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("5-1")]
    [InlineData("1-2-3")]
    [InlineData("-1")]
    [InlineData("1-2000000000")]
    public void What_is_no_list_of_seeds_is_refused(string text) => Assert.Null(SeedList.Read(text));
}
