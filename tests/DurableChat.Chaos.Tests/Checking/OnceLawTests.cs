using DurableChat.Lab.Chaos;
using DurableChat.Lab.Chaos.Checking;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Mock;
using Xunit;

namespace DurableChat.Chaos.Tests.Checking;

/// <summary>Nothing that was done is done again, unless something happened in between that explains it.</summary>
public sealed class OnceLawTests
{
    private static readonly RecordedChat _good = DrivenChat.Make();
    private static readonly RecordedChat _twoRuns = _good.With(DrivenChat.ToolRun(12, 13), DrivenChat.ToolRun(14, 15));
    private static readonly RecordedChat _twoAnswers = _good.With(DrivenChat.Answer(12, 13), DrivenChat.Answer(14, 15));

    [Fact]
    public void What_was_done_once_has_no_findings()
    {
        Lawful(_good);
        Lawful(_good.With(DrivenChat.ToolRun(12, 13), DrivenChat.ToolRun(12, 13) with { Key = "the other call of the answer" }));
    }

    [Fact]
    public void A_tool_that_ran_twice_is_found() => Found(ViolationKind.ToolRepeated, "There was no fault", _twoRuns);

    [Fact]
    public void An_answer_that_was_generated_twice_is_found() => Found(ViolationKind.AnswerRepeated, "There was no fault", _twoAnswers);

    [Fact]
    public void A_repetition_by_a_replica_that_took_the_turn_from_one_that_lives_is_found()
    {
        Found(ViolationKind.ToolRepeated, "repeats", _good.With(DrivenChat.ToolRun(12, 13), DrivenChat.ToolRun(14, 15) with { Replica = 1 }));
        Found(ViolationKind.AnswerRepeated, "repeats", _good.With(DrivenChat.Answer(12, 13), DrivenChat.Answer(14, 15) with { Replica = 1 }));
    }

    [Fact]
    public void A_replica_that_was_killed_or_frozen_excuses_a_repetition() => Assert.All([ChaosFault.Kill, ChaosFault.Pause], fault =>
    {
        Lawful(_twoRuns.With(new FaultWindow(fault, 12.5, 13.5, Victim: 0)));
        Lawful(_twoAnswers.With(new FaultWindow(fault, 12.5, 13.5, Victim: 0)));
    });

    [Fact]
    public void A_replica_that_was_asked_to_stop_excuses_a_repetition()
    {
        Lawful(_twoRuns.With(new FaultWindow(ChaosFault.Rolling, 12.5, 13.5)));
        Lawful(_twoAnswers.With(new FaultWindow(ChaosFault.Rolling, 12.5, 13.5)));
    }

    [Fact]
    public void What_the_previous_version_repeated_before_any_replica_was_upgraded_is_not_judged()
    {
        Lawful(_twoAnswers with { Circumstances = _twoAnswers.Circumstances with { PreviousAloneUntil = 14.5 } });
        Found(ViolationKind.AnswerRepeated, "repeats", _twoAnswers with { Circumstances = _twoAnswers.Circumstances with { PreviousAloneUntil = 13.5 } });
        Lawful(_twoAnswers.With(new FaultWindow(ChaosFault.Upgrade, 12.5, 13.5, Victim: 0)));
        Found(ViolationKind.AnswerRepeated, "upgrade of replica 2", _twoAnswers.With(new FaultWindow(ChaosFault.Upgrade, 12.5, 13.5, Victim: 1)));
    }

    [Fact]
    public void The_death_of_another_replica_or_at_another_time_excuses_nothing()
    {
        Found(ViolationKind.ToolRepeated, "kill of replica 2", _twoRuns.With(new FaultWindow(ChaosFault.Kill, 12.5, 13.5, Victim: 1)));
        Found(ViolationKind.ToolRepeated, "shortly before: kill of replica 1 from 5.0 s", _twoRuns.With(new FaultWindow(ChaosFault.Kill, 5, 6, Victim: 0), new FaultWindow(ChaosFault.Kill, 16, 17, Victim: 0)));
    }

    [Fact]
    public void A_fault_of_the_database_or_of_the_channel_excuses_no_repetition() => Assert.All(
        [ChaosFault.Hang, ChaosFault.ReadOnly, ChaosFault.Late, ChaosFault.Restart, ChaosFault.Slow, ChaosFault.Channel],
        fault =>
        {
            Found(ViolationKind.ToolRepeated, "Faults meanwhile", _twoRuns.With(new FaultWindow(fault, 12.5, 13.5)));
            Found(ViolationKind.AnswerRepeated, "Faults meanwhile", _twoAnswers.With(new FaultWindow(fault, 12.5, 13.5)));
        });

    [Fact]
    public void A_fault_that_keeps_single_replicas_from_the_database_may_have_others_take_over() =>
        Lawful(_twoRuns.With(new FaultWindow(ChaosFault.Late, 12.5, 13.5) { IsolatesReplicas = true }));

    [Fact]
    public void A_failure_of_the_model_excuses_a_second_answer() => Lawful(_good.With(DrivenChat.Answer(12, 13, WorkOutcome.Failed), DrivenChat.Answer(14, 15)));

    [Fact]
    public void An_answer_that_the_server_broke_off_without_a_reason_is_found_when_it_is_repeated() =>
        Found(ViolationKind.AnswerRepeated, "cancelled", _good.With(DrivenChat.Answer(12, 13, WorkOutcome.Cancelled), DrivenChat.Answer(14, 15)));

    [Fact]
    public void A_stop_excuses_a_second_answer_and_no_second_run_of_a_tool()
    {
        var stop = DrivenChat.Acknowledged(new ChaosAction(ActionKind.Interrupt, LawfulChat.Id), at: 13, version: 2);
        Lawful(_twoAnswers with { Actions = [.. _twoAnswers.Actions, stop] });
        Found(ViolationKind.AnswerRepeated, "no crash", _twoAnswers with { Actions = [.. _twoAnswers.Actions, stop with { At = 11 }] });
        Found(ViolationKind.ToolRepeated, "no crash", _twoRuns with { Actions = [.. _twoRuns.Actions, stop] });
    }

    [Fact]
    public void A_machine_that_stood_still_for_half_a_lease_may_have_others_take_over()
    {
        Lawful(_twoRuns with { Circumstances = _twoRuns.Circumstances with { Lulls = [(9, 10.5), (12, 13.2)] } });
        Found(ViolationKind.ToolRepeated, "no crash", _twoRuns with { Circumstances = _twoRuns.Circumstances with { Lulls = [(9, 10.5), (13, 13.9), (14.5, 20)] } });
    }

    [Fact]
    public void A_tool_without_a_key_is_found() => Found(ViolationKind.Malformed, "had no idempotency key", _good.With(DrivenChat.ToolRun(12, 13) with { Key = "" }));

    [Fact]
    public void A_finding_shows_the_commands_of_that_time()
    {
        var later = DrivenChat.Acknowledged(new ChaosAction(ActionKind.Send, LawfulChat.Id) { Content = "much later" }, at: 100, version: 9);
        var found = Assert.Single(ChaosChecker.Check(_twoRuns with { Actions = [.. _twoRuns.Actions, later] }), violation => violation.Kind == ViolationKind.ToolRepeated);
        Assert.Contains("create 'one'", Assert.Single(found.Recent), StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_count_repetitions_and_those_without_an_excuse()
    {
        var excused = _twoRuns.With(new FaultWindow(ChaosFault.Kill, 12.5, 13.5, Victim: 0));
        var figures = DriverFigures.Sum([DriverFigures.Of([_twoRuns, excused], new RunLimits()), DriverFigures.Of([_twoAnswers], new RunLimits())]);
        Assert.Equal((2, 1, 1), (figures.Answers, figures.RepeatedAnswers, figures.UnexcusedAnswers));
        Assert.Equal((4, 2, 1), (figures.ToolRuns, figures.RepeatedToolRuns, figures.UnexcusedToolRuns));
    }

    private static void Lawful(RecordedChat chat) =>
        Assert.DoesNotContain(ChaosChecker.Check(chat), violation => violation.Kind is ViolationKind.ToolRepeated or ViolationKind.AnswerRepeated);

    private static void Found(ViolationKind kind, string words, RecordedChat chat)
    {
        var found = Assert.Single(ChaosChecker.Check(chat), violation => violation.Kind == kind);
        Assert.Contains(words, found.Detail, StringComparison.Ordinal);
    }
}
