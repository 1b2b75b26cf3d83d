using System.Text.Json;
using DurableChat.Lab.Chaos;
using DurableChat.Lab.Chaos.Checking;
using DurableChat.Models;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Mock;
using Xunit;

namespace DurableChat.Chaos.Tests.Checking;

/// <summary>
/// What a chat has spent is what the model reported, each answer once; only a process that died may take some of it
/// along.
/// </summary>
public sealed class UsageLawTests
{
    private static readonly WorkRecord _first = Costing(11, 12, 100, 1);
    private static readonly WorkRecord _second = Costing(13, 14, 2_000, 20);
    private static readonly RecordedChat _chat = DrivenChat.Make().With(_first, _second);

    [Fact]
    public void The_rest_of_an_answer_that_was_handed_over_belongs_to_its_question()
    {
        var input = JsonSerializer.SerializeToElement(new object[]
        {
            new { role = "user", content = "1.2 question" },
            new { role = "assistant", content = "Half an ans" },
            new { role = "user", content = PromptBuilder.ContinueInstruction },
        });
        Assert.Equal("1.2 question", MockHistory.FindQuestion(input));
    }

    [Fact]
    public void What_was_reported_and_counted_has_no_findings()
    {
        Lawful(Counting(2_100, 21));
        Lawful(DrivenChat.Make());
    }

    [Fact]
    public void What_is_missing_or_counted_twice_is_found_and_named()
    {
        Found("answer history of replica 1 at 11.000 s, completed at 12.000 s is missing", Counting(2_000, 20));
        Found("answer history of replica 1 at 13.000 s, completed at 14.000 s is counted twice", Counting(4_100, 41));
        Found("reported 2100 + 21", Counting(2_101, 21));
        Found("reported 2100 + 21", Counting(2_100, 22));
    }

    [Theory]
    [InlineData(nameof(ChaosFault.Kill), 12.5, true)]
    [InlineData(nameof(ChaosFault.Rolling), 12.5, true)]
    [InlineData(nameof(ChaosFault.Upgrade), 12.5, true)]
    [InlineData(nameof(ChaosFault.Kill), 60, false)]
    [InlineData(nameof(ChaosFault.Pause), 12.5, false)]
    [InlineData(nameof(ChaosFault.Hang), 12.5, false)]
    public void Only_a_replica_that_is_gone_before_it_can_have_stored_a_cost_may_lose_it(string name, double at, bool excuses)
    {
        var fault = Enum.Parse<ChaosFault>(name);
        var lacking = Counting(2_000, 20).With(new FaultWindow(fault, at, at + 1, Victim: fault == ChaosFault.Rolling ? -1 : 0));
        Assert.Equal(excuses, !Miscounts(lacking).Any());
        Lawful(lacking with { Final = lacking.Final with { Usage = new Cost(2_100, 21) } });
    }

    [Fact]
    public void Where_a_version_took_part_that_counts_nothing_nothing_is_compared()
    {
        var lacking = Counting(2_000, 20);
        Lawful(lacking with { Circumstances = lacking.Circumstances with { IsUsageCounted = false } });
    }

    [Fact]
    public void The_death_of_another_replica_excuses_nothing() =>
        Found("is missing", Counting(2_000, 20).With(new FaultWindow(ChaosFault.Kill, 12.5, 13.5, Victim: 1)));

    [Fact]
    public void What_may_be_lost_is_counted_whole_and_once_or_not_at_all()
    {
        var killed = Counting(4_100, 41).With(new FaultWindow(ChaosFault.Kill, 12.5, 13.5, Victim: 0));
        Found("may be lost", killed);
        Found("may be lost", killed with { Final = killed.Final with { Usage = new Cost(50, 1) } });
    }

    [Fact]
    public void A_stall_of_the_database_gives_a_replica_more_time_to_be_killed_in() =>
        Lawful(Counting(2_000, 20).With(new FaultWindow(ChaosFault.Hang, 11.5, 55), new FaultWindow(ChaosFault.Kill, 60, 61, Victim: 0)));

    [Fact]
    public void An_answer_that_was_broken_off_counts_for_sure_only_if_its_cost_was_taken_in()
    {
        var stopped = _first with { Outcome = WorkOutcome.Cancelled, IsCostTaken = false };
        Lawful(Counting(2_000, 20) with { Work = [stopped, _second] });
        Found("is missing", Counting(2_000, 20) with { Work = [stopped with { IsCostTaken = true }, _second] });
    }

    [Theory]
    [InlineData(nameof(ChaosFault.Pause), false)]
    [InlineData(nameof(ChaosFault.Hang), true)]
    public void An_answer_that_was_sent_whole_counts_unless_its_replica_stood_still(string fault, bool counts)
    {
        var lacking = Counting(2_000, 20) with { Work = [_first with { IsCostTaken = false }, _second] };
        Found("is missing", lacking);
        Assert.Equal(counts, Miscounts(lacking.With(new FaultWindow(Enum.Parse<ChaosFault>(fault), 12.5, 13, Victim: 0))).Any());
    }

    [Fact]
    public void A_message_costs_what_one_answer_cost_and_no_two_messages_cost_the_same()
    {
        var chat = Counting(2_100, 21);
        Lawful(With(chat, (100, 1), (2_000, 20)));
        Found("no answer did", With(chat, (101, 1)));
        Found("another message cost the same", With(chat, (100, 1), (100, 1)));
    }

    private static RecordedChat With(RecordedChat chat, params (long Input, long Output)[] costs) => chat with
    {
        Stored = [.. chat.Stored.Select((message, index) => index < costs.Length ? message with { Usage = (costs[index].Input, costs[index].Output) } : message)],
    };

    private static RecordedChat Counting(long input, long output) => _chat with { Final = _chat.Final with { Usage = new Cost(input, output) } };

    private static WorkRecord Costing(double began, double ended, long input, long output) =>
        DrivenChat.Answer(began, ended) with { InputTokens = input, OutputTokens = output, IsCostTaken = true };

    private static void Lawful(RecordedChat chat) => Assert.Empty(Miscounts(chat));

    private static void Found(string detail, RecordedChat chat) => Assert.Contains(Miscounts(chat), violation => violation.Detail.Contains(detail, StringComparison.Ordinal));

    private static IEnumerable<Violation> Miscounts(RecordedChat chat) => ChaosChecker.Check(chat).Where(violation => violation.Kind == ViolationKind.Miscounted);
}
