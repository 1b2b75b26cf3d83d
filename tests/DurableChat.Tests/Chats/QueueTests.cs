using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>What waits, in which order it runs, and how much of it there may be.</summary>
public sealed class QueueTests
{
    private static readonly SendMessage _first = new("u1", BusyBehavior.Interrupt), _second = new("u2", BusyBehavior.Interrupt);

    [Fact]
    public void The_queue_of_a_chat_that_is_put_away_rests_until_it_is_brought_back()
    {
        var away = Given.Running().WithQueue(2).Then(_ => new UpdateChat(Archived: true)).Then(Given.Finish);
        Assert.Equal((ChatStatus.Waiting, null), (away.Status, away.Lease));
        Assert.Equal(["q1", "q2"], away.Queue.Texts());
        var back = away.Apply(_ => new UpdateChat(Archived: false) { ClaimBy = Given.Replica });
        Assert.Equal((ChatStatus.Running, Given.Replica), (back.Next.Status, back.Next.Lease?.Replica));
        Assert.Equal("q1", Assert.Single(back.Appended).Text());
        Assert.Equal(["q2"], back.Next.Queue.Texts());
    }

    [Fact]
    public void Interrupting_messages_run_in_the_order_they_were_sent_and_before_those_that_only_wait()
    {
        var chat = Given.Running().WithQueue().Then(_ => _first).Then(_ => _second);
        Assert.Equal(["u1", "u2", "q1"], chat.Queue.Texts());
        Assert.Equal([true, true, false], chat.Queue.Select(queued => queued.Urgent));
    }

    [Fact]
    public void A_message_that_interrupts_a_wait_for_the_client_goes_behind_an_earlier_one_as_urgent()
    {
        // u1 runs and asks the client; u2, sent to interrupt the turn before, still waits.
        var chat = Given.Running().Then(_ => _first).Then(_ => _second).Then(Given.Finish)
            .Then(running => new EnterRequiresAction(Given.Token(running), running.Generation) { Answer = Given.SayWithCall() });
        Assert.Equal(["u2"], chat.Queue.Texts());
        var sent = chat.Apply(_ => new SendMessage("u3", BusyBehavior.Interrupt) { ClaimBy = Given.Replica });
        Assert.Equal("u2", sent.Appended[^1].Text());
        Assert.Equal(["u3"], sent.Next.Queue.Texts());
    }

    [Fact]
    public void A_message_that_interrupts_a_wait_for_the_client_runs_before_those_that_only_wait()
    {
        var sent = Given.RequiresAction().WithQueue(3).Apply(_ => _first);
        Assert.Equal([MessageRole.Tool, MessageRole.User], sent.Appended.Select(message => message.Role));
        Assert.Equal("u1", sent.Appended[^1].Text());
        Assert.Equal(["q1", "q2", "q3"], sent.Next.Queue.Texts());
    }

    [Fact]
    public void A_message_in_place_of_a_tools_result_cancels_the_call_and_runs()
    {
        var sent = Given.RequiresAction().Apply(_ => new SendMessage("something else") { CancelsToolCalls = true });
        Assert.Equal([MessageRole.Tool, MessageRole.User], sent.Appended.Select(message => message.Role));
        Assert.Equal((ChatStatus.Running, 0, 0), (sent.Next.Status, sent.Next.PendingToolCalls.Count, sent.Next.Queue.Count));
        Assert.Equal(["something else"], Given.Running().Then(_ => new SendMessage("something else") { CancelsToolCalls = true }).Queue.Texts());
    }

    [Fact]
    public void A_message_that_only_waits_leaves_the_client_its_time() =>
        Assert.Equal(ChatStatus.RequiresAction, Given.RequiresAction().WithQueue().Status);

    [Fact]
    public void A_promoted_message_runs_next_even_if_another_interrupts_meanwhile()
    {
        var chat = Given.Interrupting().WithQueue(2).Then(_ => new PromoteQueued(1)).Then(_ => _first);
        Assert.Equal(["q1", "u1", "q2"], chat.Queue.Texts());
    }

    [Fact]
    public void Promoting_twice_changes_nothing_the_second_time()
    {
        var chat = Given.Running().WithQueue(2).Then(_ => new PromoteQueued(2));
        Assert.Equal((ChatStatus.Interrupting, 2L), (chat.Status, chat.Queue[0].Id));
        Assert.IsType<Decision.Unchanged>(chat.Decide(new PromoteQueued(2)));
    }

    [Fact]
    public void The_message_promoted_last_runs_first() =>
        Assert.Equal(
            ["q3", "q2", "q1"],
            Given.Running().WithQueue(3).Then(_ => new PromoteQueued(2)).Then(_ => new PromoteQueued(3)).Queue.Texts());

    [Fact]
    public void A_promotion_loses_none_of_what_waits_and_keeps_its_text()
    {
        var promoted = Given.Running().WithQueue(3).Then(Given.Fail).Apply(_ => new PromoteQueued(3));
        Assert.Equal("q3", Assert.Single(promoted.Appended).Text());
        Assert.Equal(["q1", "q2"], promoted.Next.Queue.Texts());
        Assert.Equal([3L], promoted.Dequeued);
    }

    [Fact]
    public void Each_message_of_the_queue_keeps_its_number_though_all_say_the_same()
    {
        var chat = Given.Running();
        for (var i = 0; i < 3; i++)
        {
            chat = chat.Then(_ => new SendMessage("same"));
        }

        var promoted = chat.Then(_ => new DeleteQueued(1)).Then(_ => new PromoteQueued(3)).Apply(Given.Finish);
        Assert.Equal(3, promoted.Appended[^1].QueuedId);
        Assert.Equal(2, promoted.Next.Apply(Given.Finish).Appended[^1].QueuedId);
    }

    [Fact]
    public void An_edit_keeps_the_number_and_what_was_sent_directly_has_none()
    {
        var begun = Given.Running().WithQueue().Apply(Given.Finish);
        var edited = begun.Next.Apply(_ => new EditMessage(begun.Appended[^1], "otherwise"));
        Assert.Equal((1, "otherwise"), (edited.Appended[^1].QueuedId, edited.Appended[^1].Text()));
        Assert.Null(Given.New(null, "directly").Appended[^1].QueuedId);
        Assert.Null(Given.Running().Then(Given.Fail).Apply(_ => new SendMessage("directly")).Appended[^1].QueuedId);
    }

    [Fact]
    public void After_a_failed_turn_what_waited_runs_before_what_is_sent_now()
    {
        var sent = Given.Running().WithQueue().Then(Given.Fail).Apply(_ => new SendMessage("more"));
        Assert.Equal("q1", Assert.Single(sent.Appended).Text());
        Assert.Equal(["more"], sent.Next.Queue.Texts());
        Assert.Equal(2, Assert.Single(sent.Enqueued).Id);
        Assert.Equal([1L], sent.Dequeued);
        Assert.Null(sent.Next.Error);
    }

    [Fact]
    public void The_queue_of_a_failed_turn_rests_until_somebody_asks_for_it()
    {
        var failed = Given.Running().WithQueue().Then(Given.Fail);
        Assert.Equal((ChatStatus.Error, 1), (failed.Status, failed.Queue.Count));
        Assert.Equal(RefusalCode.WrongStatus, Given.Refuse(failed.Decide(new AcquireLease(Given.Other, HolderIsGone: true))).Code);
    }

    [Fact]
    public void A_message_that_enters_and_leaves_the_queue_at_once_is_never_written_to_it()
    {
        var sent = Given.Unowned().WithQueue().Apply(_ => _first);
        Assert.Equal("u1", Assert.Single(sent.Appended).Text());
        Assert.Empty(sent.Enqueued);
        Assert.Empty(sent.Dequeued);
        Assert.Null(sent.Appended[^1].QueuedId);
        Assert.Equal(["q1"], sent.Next.Queue.Texts());
    }

    [Fact]
    public void Numbers_of_deleted_messages_are_not_given_again()
    {
        var chat = Given.Running().WithQueue(2).Then(_ => new DeleteQueued(2)).Then(_ => new SendMessage("next"));
        Assert.Equal([1L, 3L], chat.Queue.Select(queued => queued.Id));
    }

    [Fact]
    public void Of_two_messages_sent_at_once_to_the_last_place_only_one_gets_it()
    {
        var almostFull = Given.Running().WithQueue(Given.Limits.MaxQueue - 1);
        var first = almostFull.Apply(_ => new SendMessage("one"));
        var second = almostFull.Apply(_ => new SendMessage("other"));

        // Both passed, on the same version: the store takes one, and the other decides again.
        Assert.Equal(first.ExpectedVersion, second.ExpectedVersion);
        Assert.NotEqual(second.ExpectedVersion, first.Next.Version);
        Assert.Equal(RefusalCode.QueueFull, Given.Refuse(first.Next.Decide(new SendMessage("other"))).Code);
    }

    [Fact]
    public void A_full_queue_takes_no_interrupting_message_and_leaves_the_turn_alone()
    {
        var full = Given.Running().WithQueue(Given.Limits.MaxQueue);
        Assert.Equal(RefusalCode.QueueFull, Given.Refuse(full.Decide(_first)).Code);
    }

    [Fact]
    public void A_failed_chat_with_a_full_queue_can_be_talked_to_because_one_message_leaves_as_another_comes()
    {
        var chat = Given.Running().WithQueue(Given.Limits.MaxQueue).Then(Given.Fail).Then(_ => new SendMessage("more"));
        Assert.Equal(["q2", "q3", "more"], chat.Queue.Texts());
    }

    [Fact]
    public void Where_no_queue_is_allowed_a_busy_chat_takes_nothing_and_an_idle_one_everything()
    {
        var context = new DecisionContext(Given.Now, new ChatLimits { MaxQueue = 0 });
        Assert.Equal(RefusalCode.QueueFull, Given.Refuse(ChatRules.Decide(Given.Running(), new SendMessage("more"), context)).Code);
        foreach (var idle in (Chat[])[Given.Waiting(), Given.Failed(), Given.RequiresAction()])
        {
            Given.Accept(ChatRules.Decide(idle, _first, context));
        }
    }

    [Fact]
    public void The_messages_of_a_queue_have_a_limit_in_sum_and_a_single_one_may_always_wait()
    {
        var context = new DecisionContext(Given.Now, new ChatLimits { MaxQueueBytes = 10 });
        var one = Given.Accept(ChatRules.Decide(Given.Running(), new SendMessage(new string('é', 50)), context)).Next;
        var refusal = Given.Refuse(ChatRules.Decide(one, new SendMessage("x"), context));
        Assert.Equal((RefusalCode.QueueFull, "content"), (refusal.Code, refusal.Field));
        Assert.Equal("With this message the queue would hold 101 bytes; it may hold 10. Send it when those before it have run.", refusal.Message);
        Assert.Equal(RefusalCode.QueueFull, Given.Refuse(ChatRules.Decide(one, new SendMessage("x", BusyBehavior.Interrupt), context)).Code);

        // To the byte.
        var five = Given.Accept(ChatRules.Decide(Given.Running(), new SendMessage("five!"), context)).Next;
        Given.Accept(ChatRules.Decide(five, new SendMessage("five!"), context));
        Assert.Equal(RefusalCode.QueueFull, Given.Refuse(ChatRules.Decide(five, new SendMessage("sixsix"), context)).Code);
    }

    [Fact]
    public void A_queue_that_is_larger_than_the_limit_has_become_may_shrink_by_a_message_that_comes()
    {
        var context = new DecisionContext(Given.Now, new ChatLimits { MaxQueueBytes = 3 });
        var failed = Given.Running().Then(_ => new SendMessage("long one")).Then(_ => new SendMessage("long two")).Then(Given.Fail);
        Given.Accept(ChatRules.Decide(failed, new SendMessage("short"), context));
        Assert.Equal(RefusalCode.QueueFull, Given.Refuse(ChatRules.Decide(failed, new SendMessage("the longest"), context)).Code);
    }
}
