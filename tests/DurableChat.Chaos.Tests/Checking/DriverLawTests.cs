using DurableChat.Lab.Chaos;
using DurableChat.Lab.Chaos.Checking;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Mock;
using Xunit;

namespace DurableChat.Chaos.Tests.Checking;

/// <summary>
/// A chat that needs a driver is not without one for longer than two sync intervals, here 10 seconds.
/// </summary>
public sealed class DriverLawTests
{
    private static readonly RecordedChat _good = DrivenChat.Make();

    [Fact]
    public void A_chat_that_is_driven_has_no_findings() => Lawful(_good);

    [Fact]
    public void A_chat_that_nobody_begins_to_drive_is_found() =>
        Found("From 10.2 s to 200.0 s", _good.With(work: []).Shown(DrivenChat.Status(10.2, "running", 1)) with { Actions = [] });

    [Fact]
    public void An_acknowledged_command_needs_a_driver_before_any_stream_shows_it() =>
        Found("From 10.0 s to 200.0 s", _good.With(work: []).Shown());

    [Fact]
    public void A_driver_may_take_two_sync_intervals_and_no_more()
    {
        Lawful(_good.With(DrivenChat.Answer(19.9, 21)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(21.5, "waiting", 3)));
        Found("10.5 s of that without an excuse", _good.With(DrivenChat.Answer(20.5, 21)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(21.5, "waiting", 3)));
    }

    [Fact]
    public void A_chat_whose_answer_is_never_committed_is_found() =>
        Found("From 14.5 s to 200.0 s", _good.Shown(DrivenChat.Status(10.2, "running", 1)));

    [Fact]
    public void A_chat_that_is_stopped_and_never_comes_to_rest_is_found() =>
        Found("From 15.0 s to 200.0 s", _good.Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(15, "interrupting", 4)));

    [Fact]
    public void A_chat_at_rest_needs_nobody() => Lawful(_good.Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(15, "requires_action", 4)));

    [Fact]
    public void Old_news_of_another_replica_does_not_make_a_chat_busy_again() =>
        Lawful(_good.Shown(DrivenChat.Status(15, "waiting", 4), DrivenChat.Status(30, "running", 3)));

    [Fact]
    public void Parts_that_are_shown_again_are_no_sign_of_a_driver()
    {
        var part = LawfulChat.Part(1, 1, 1, 1, "p") with { At = 16 };
        Found("From 16.0 s to 30.0 s", _good.Shown(DrivenChat.Status(15, "running", 4), part, part with { At = 22 }, DrivenChat.Status(30, "waiting", 5)));
        Lawful(_good.Shown(DrivenChat.Status(15, "running", 4), part, LawfulChat.Part(1, 1, 1, 2, "p") with { At = 22 }, DrivenChat.Status(30, "waiting", 5)));
    }

    [Fact]
    public void Long_answers_and_runs_are_signs_for_as_long_as_they_last() =>
        Lawful(_good.With(DrivenChat.Answer(11, 60), DrivenChat.ToolRun(61, 100), DrivenChat.Answer(101, 120)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(121, "waiting", 4)));

    [Fact]
    public void What_a_killed_replica_began_is_a_sign_until_it_was_seen_last() =>
        Found("From 13.0 s to 40.0 s", _good.With(DrivenChat.Answer(11, 13, WorkOutcome.Open) with { Ended = null }, DrivenChat.Answer(40, 41)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(42, "waiting", 4)));

    [Fact]
    public void The_lease_of_a_replica_that_was_killed_or_frozen_may_expire_first()
    {
        // The sign is of replica 0; 5 seconds of the lease and 2 of the takeover are excused.
        var late = _good.With(DrivenChat.Answer(11, 12), DrivenChat.Answer(28, 29)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(30, "waiting", 4));
        Found("16.0 s of that without an excuse", late);
        Lawful(late.With(new FaultWindow(ChaosFault.Kill, 12, 14, Victim: 0)));
        Lawful(late.With(new FaultWindow(ChaosFault.Pause, 12, 19.5, Victim: 0)));
        Found("16.0 s of that", late.With(new FaultWindow(ChaosFault.Kill, 12, 14, Victim: 1)));
    }

    [Fact]
    public void A_stall_of_the_database_is_excused_and_nothing_after_it()
    {
        var late = _good.With(DrivenChat.Answer(11, 12), DrivenChat.Answer(70, 71)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(72, "waiting", 4));
        foreach (var kind in new[] { ChaosFault.Hang, ChaosFault.ReadOnly, ChaosFault.Late, ChaosFault.Restart, ChaosFault.DiskFull })
        {
            Lawful(late.With(new FaultWindow(kind, 13, 58)));
            Found("14.0 s of that", late.With(new FaultWindow(kind, 13, 52)));
        }
    }

    [Fact]
    public void A_lease_that_expires_in_a_stall_is_taken_a_lease_after_it()
    {
        // Killed at 12; nobody may claim before they have reached the database for a whole lease, from 40 to 45.
        var late = _good.With(DrivenChat.Answer(11, 12), DrivenChat.Answer(56, 57)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(58, "waiting", 4));
        Lawful(late.With(new FaultWindow(ChaosFault.Kill, 12, 14, Victim: 0), new FaultWindow(ChaosFault.Hang, 15, 40)));
    }

    [Fact]
    public void A_cut_channel_excuses_nothing() =>
        Found("without an excuse", _good.With(DrivenChat.Answer(30, 31)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(32, "waiting", 4)).With(new FaultWindow(ChaosFault.Channel, 10, 40)));

    [Fact]
    public void The_wait_after_a_failure_of_the_model_is_meant() =>
        Lawful(_good.With(DrivenChat.Answer(11, 12, WorkOutcome.Failed), DrivenChat.Answer(23.9, 24)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(25, "waiting", 4)));

    [Fact]
    public void A_machine_that_stood_still_is_excused()
    {
        var late = _good.With(DrivenChat.Answer(11, 12), DrivenChat.Answer(30, 31)).Shown(DrivenChat.Status(10.2, "running", 1), DrivenChat.Status(32, "waiting", 4));
        Lawful(late with { Circumstances = late.Circumstances with { Lulls = [(12, 21)] } });
    }

    private static void Lawful(RecordedChat chat) => Assert.DoesNotContain(ChaosChecker.Check(chat), violation => violation.Kind == ViolationKind.Undriven);

    private static void Found(string words, RecordedChat chat)
    {
        var found = Assert.Single(ChaosChecker.Check(chat), violation => violation.Kind == ViolationKind.Undriven);
        Assert.Contains(words, found.Detail, StringComparison.Ordinal);
    }
}
