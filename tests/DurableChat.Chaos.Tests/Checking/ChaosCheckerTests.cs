using DurableChat.Lab.Chaos;
using DurableChat.Lab.Chaos.Checking;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Wire;
using Xunit;

namespace DurableChat.Chaos.Tests.Checking;

/// <summary>Whatever is spoiled in the record of a good run is found, and named as what it is.</summary>
public sealed class ChaosCheckerTests
{
    private static readonly RecordedChat _good = LawfulChat.Make();

    [Fact]
    public void A_run_in_which_all_went_well_has_no_findings() => Assert.Empty(ChaosChecker.Check(_good));

    [Fact]
    public void An_acknowledged_message_that_is_not_stored_is_lost() =>
        Finds(ViolationKind.Lost, "'queued b' was acknowledged", Without("queued b"));

    [Fact]
    public void An_edited_message_that_is_not_stored_is_lost() =>
        Finds(ViolationKind.Lost, "'two, edited' was acknowledged", Without("two, edited"));

    [Fact]
    public void A_message_may_be_missing_if_it_was_deleted_from_the_queue_or_edited_away_and_not_otherwise()
    {
        Finds(ViolationKind.Lost, "'queued c' was acknowledged", _good with { Actions = [.. _good.Actions.Where(action => action.Action.Kind != ActionKind.DeleteQueued)] });

        // The edit came before the message, so it cannot have removed it.
        Finds(ViolationKind.Lost, "'two' was acknowledged", Change(ActionKind.Edit, edit => edit with { Started = -1, Ended = 0, Reply = edit.Reply! with { Version = 2 } }));
    }

    [Fact]
    public void A_message_that_is_stored_twice_is_found() =>
        Finds(ViolationKind.Duplicate, "'queued b' is there more than once", _good with
        {
            Stored = [.. _good.Stored, LawfulChat.User(13, 12, "queued b"), LawfulChat.Answer(14, 13, 7, "again")],
            Final = _good.Final with { LastMessageId = 14 },
        });

    [Fact]
    public void A_message_that_ran_and_still_waits_is_found() =>
        Finds(ViolationKind.Duplicate, "'queued a' is there more than once", _good with { Final = _good.Final with { Queue = [(1, "queued a")] } });

    [Fact]
    public void A_message_without_an_answer_to_its_sender_may_be_there_once()
    {
        var once = _good with { Stored = [.. _good.Stored, LawfulChat.User(13, 12, "perhaps"), LawfulChat.Answer(14, 13, 7, "6th")], Final = _good.Final with { LastMessageId = 14 }, Streams = [] };
        Assert.Empty(ChaosChecker.Check(once));
        Finds(ViolationKind.Duplicate, "'perhaps' is there more than once", once with { Final = once.Final with { Queue = [(9, "perhaps")] } });
    }

    [Fact]
    public void A_refused_message_must_not_be_there() =>
        Finds(ViolationKind.WrongAnswer, "'never' was refused", _good with { Final = _good.Final with { Queue = [(9, "never")] } });

    [Fact]
    public void A_deleted_message_must_not_run() =>
        Finds(ViolationKind.WrongAnswer, "was deleted and is there", _good with { Final = _good.Final with { Queue = [(3, "queued c")] } });

    [Fact]
    public void A_message_that_nobody_sent_is_found() =>
        Finds(ViolationKind.Unknown, "'invented'", _good with { Final = _good.Final with { Queue = [(9, "invented")] } });

    [Fact]
    public void What_was_acknowledged_first_must_have_the_lower_version() =>
        Finds(ViolationKind.RealTime, "was acknowledged before", Change("queued b", action => action with { Reply = action.Reply! with { Version = 4 } }));

    [Fact]
    public void Commands_at_the_same_time_may_come_in_either_order() =>
        Assert.Empty(ChaosChecker.Check(Change("queued a", action => action with { Ended = 9, Reply = action.Reply! with { Version = 7 } }) is var one
            ? one with { Actions = [.. one.Actions.Select(action => action.Action.Content == "queued b" ? action with { Reply = action.Reply! with { Version = 6 } } : action)] }
            : _good));

    [Fact]
    public void Two_commands_cannot_make_one_version() =>
        Finds(ViolationKind.WrongAnswer, "Several commands made version 6", Change("queued b", action => action with { Reply = action.Reply! with { Version = 6 } }));

    [Fact]
    public void The_queue_runs_in_its_order() =>
        Finds(ViolationKind.OutOfOrder, "was queued behind", Change("queued a", action => action with { Reply = action.Reply! with { QueuedId = 2 } }) is var one
            ? one with { Actions = [.. one.Actions.Select(action => action.Action.Content == "queued b" ? action with { Reply = action.Reply! with { QueuedId = 1 } } : action)] }
            : _good);

    [Fact]
    public void A_message_has_the_id_that_was_acknowledged() =>
        Finds(ViolationKind.WrongAnswer, "was acknowledged as message 4", Change("two", action => action with { Reply = action.Reply! with { MessageId = 4 } }));

    [Fact]
    public void A_repetition_is_answered_as_the_first_time() =>
        Finds(ViolationKind.WrongAnswer, "its repetition with", Change("two", action => action with { Repetition = action.Reply! with { Version = 30, MessageId = 30 } }));

    [Fact]
    public void An_archived_chat_takes_no_message_and_an_open_one_refuses_none()
    {
        Finds(ViolationKind.RealTime, "done as if the chat were not archived", _good with { Actions = [.. _good.Actions.Take(10), LawfulChat.Done(20, 21, new ChaosAction(ActionKind.Send, LawfulChat.Id) { Content = "late" }, 17, queued: 4)], Final = _good.Final with { IsArchived = true, Queue = [(4, "late")] } });
        Finds(ViolationKind.RealTime, "refused as if the chat were archived", _good with
        {
            Actions = [.. _good.Actions, new ActionRecord("b", new ChaosAction(ActionKind.Send, LawfulChat.Id) { Content = "late" }, 22, 23, ActionOutcome.Refused) { Reply = new ActionReply(409, "", 0, 0, 0, "chat_archived") }],
        });
        Finds(ViolationKind.Lost, "At the end the chat is archived", _good with { Final = _good.Final with { IsArchived = true } });
    }

    [Fact]
    public void A_stream_that_leaves_a_message_out_is_found() => Finds(ViolationKind.Gap, "Message 3 follows 2", Stream(entries => entries.RemoveAt(2)));

    [Fact]
    public void A_stream_that_repeats_a_message_is_found() => Finds(ViolationKind.Duplicate, "Message 2 follows 1", Stream(entries => entries.Insert(3, entries[2])));

    [Fact]
    public void A_stream_that_swaps_two_messages_is_found() => Finds(ViolationKind.Gap, "Message 2 follows 1, but the last on screen is 0", Stream(entries => (entries[1], entries[2]) = (entries[2], entries[1])));

    [Fact]
    public void A_stream_that_repeats_a_part_is_found() => Finds(ViolationKind.PartDuplicate, "Parts 1 to 1", Stream(entries => entries.Insert(5, entries[4])));

    [Fact]
    public void A_stream_that_leaves_a_part_out_is_found() => Finds(ViolationKind.PartGap, "Parts 2 to 2", Stream(entries => entries.RemoveAt(4)));

    [Fact]
    public void A_part_of_an_answer_that_is_over_is_found() => Finds(ViolationKind.StalePart, "which is answered", Stream(entries => entries.Insert(8, LawfulChat.Part(1, 4, 2, 3, "late"))));

    [Fact]
    public void A_rewritten_history_without_a_reset_is_found() => Finds(ViolationKind.WrongEpoch, "on a screen of epoch 1", Stream(entries => entries.RemoveAll(entry => entry.Event?.Type == WireEventType.HistoryReset)));

    [Fact]
    public void A_position_that_skips_what_is_not_on_screen_is_found() =>
        Finds(ViolationKind.Gap, "was given for a screen whose last message is 3", Stream(entries => entries[5] = entries[5] with { Position = "1.4.0.0" }));

    [Fact]
    public void A_stream_that_ends_too_soon_is_found() => Finds(ViolationKind.Lost, "9 messages are on screen and 10 are stored", Stream(entries => entries.RemoveAt(entries.Count - 1)));

    [Fact]
    public void A_message_that_was_shown_and_is_not_stored_is_found() =>
        Finds(ViolationKind.Lost, "Message 4 was shown and is not stored", _good with { Actions = [.. _good.Actions.Where(action => action.Action.Kind != ActionKind.Edit)], Stored = [.. _good.Stored.Where(message => message.Id != 5)] });

    [Fact]
    public void A_message_that_differs_between_a_stream_and_the_store_is_found() =>
        Finds(ViolationKind.Content, "is another one here than elsewhere", _good with { Stored = [.. _good.Stored.Select(message => message.Id == 2 ? message with { JsonHash = 1 } : message)] });

    [Fact]
    public void A_call_without_its_result_is_found() =>
        Finds(ViolationKind.InvalidHistory, "comes before the results of call", WithStored([.. _good.Stored.Where(message => message.Role != "tool")]));

    [Fact]
    public void A_result_without_its_call_is_found() =>
        Finds(ViolationKind.InvalidHistory, "has a result for call", WithStored([.. _good.Stored.Where(message => message.Calls.Count == 0)]));

    [Fact]
    public void An_answer_without_its_question_is_found() =>
        Finds(ViolationKind.InvalidHistory, "Answer 10 has no question", WithStored([.. _good.Stored.Where(message => message.Id != 9)]));

    [Fact]
    public void A_second_answer_is_found_unless_the_first_was_handed_over()
    {
        var answers = _good.Stored.Append(LawfulChat.Answer(13, 12, 7, "once more"));
        Finds(ViolationKind.InvalidHistory, "Answer 13 has no question", WithStored([.. answers]));
        var handedOver = _good with
        {
            Stored = [.. _good.Stored.Select(message => message.Id == 12 ? message with { FinishReason = "handed_over" } : message), LawfulChat.Answer(13, 12, 7, "the rest")],
            Final = _good.Final with { LastMessageId = 13 },
            Streams = [],
        };
        Assert.Empty(ChaosChecker.Check(handedOver));
    }

    [Fact]
    public void A_question_that_nobody_stopped_and_nobody_answered_is_found() =>
        Finds(ViolationKind.InvalidHistory, "was never answered", WithStored([.. _good.Stored.Where(message => message.Id != 10)]));

    [Fact]
    public void A_chat_that_is_stuck_is_found() => Finds(ViolationKind.Stuck, "running", _good with { Stuck = "it is running" });

    [Fact]
    public void A_finding_shows_the_history_around_it()
    {
        var found = Assert.Single(ChaosChecker.Check(Without("queued b")), violation => violation.Detail.Contains("'queued b' was acknowledged", StringComparison.Ordinal));
        Assert.Contains(found.Recent, line => line.Contains("send 'queued b'", StringComparison.Ordinal));
        Assert.Contains(found.Recent, line => line.Contains("send 'queued a'", StringComparison.Ordinal));
    }

    private static void Finds(ViolationKind kind, string words, RecordedChat spoiled) =>
        Assert.Contains(ChaosChecker.Check(spoiled), violation => violation.Kind == kind && violation.Detail.Contains(words, StringComparison.Ordinal));

    private static RecordedChat Without(string text) => WithStored([.. _good.Stored.Where(message => Evidence.TextOf(message) != text)]);

    private static RecordedChat WithStored(IReadOnlyList<WireMessage> stored) => _good with { Stored = stored };

    private static RecordedChat Change(string content, Func<ActionRecord, ActionRecord> change) => Change(action => action.Action.Content == content, change);

    private static RecordedChat Change(ActionKind kind, Func<ActionRecord, ActionRecord> change) => Change(action => action.Action.Kind == kind, change);

    private static RecordedChat Change(Func<ActionRecord, bool> which, Func<ActionRecord, ActionRecord> change) =>
        _good with { Actions = [.. _good.Actions.Select(action => which(action) ? change(action) : action)] };

    private static RecordedChat Stream(Action<List<StreamEntry>> spoil)
    {
        var entries = _good.Streams[0].Entries.ToList();
        spoil(entries);
        return _good with { Streams = [_good.Streams[0] with { Entries = entries }] };
    }
}
