using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Stopping a turn.</summary>
public sealed class InterruptTests
{
    [Fact]
    public void A_stop_with_nobody_driving_ends_the_turn_at_once()
    {
        var stopped = Given.Unowned().Apply(_ => new Interrupt());
        Assert.Equal(ChatStatus.Waiting, stopped.Next.Status);
        Assert.Empty(stopped.Appended);
        Assert.False(stopped.Next.NeedsWorker);
    }

    [Fact]
    public void A_stop_with_nobody_driving_runs_the_next_message_for_who_claims_it()
    {
        var stopped = Given.Unowned().WithQueue(2).Apply(_ => new Interrupt { ClaimBy = Given.Other });
        Assert.Equal("q1", Assert.Single(stopped.Appended).Text());
        Assert.Equal(["q2"], stopped.Next.Queue.Texts());
        Assert.Equal(new Lease(Given.Other, 1), stopped.Next.Lease);
        Assert.Equal((1, 1), (stopped.Next.Generation, stopped.Next.Attempt));
    }

    [Fact]
    public void A_stop_leaves_the_end_of_the_turn_to_whoever_drives()
    {
        var running = Given.Running().WithQueue();
        var stopping = running.Apply(_ => new Interrupt { ClaimBy = Given.Other });
        Assert.Equal(ChatStatus.Interrupting, stopping.Next.Status);
        Assert.Equal((running.Lease, running.Generation, running.LeaseToken), (stopping.Next.Lease, stopping.Next.Generation, stopping.Next.LeaseToken));
        Assert.Empty(stopping.Appended);
        Assert.Empty(stopping.Dequeued);
        Assert.Null(stopping.FencingToken);
    }

    [Fact]
    public void A_second_stop_changes_nothing() =>
        Assert.IsType<Decision.Unchanged>(Given.Interrupting().Decide(new Interrupt()));

    [Fact]
    public void What_was_answered_before_the_stop_is_kept_and_the_queue_goes_on_under_the_same_lease()
    {
        var stopping = Given.Running().WithQueue().Then(_ => new Interrupt());
        var ended = stopping.Apply(chat => new FinishInterruption(Given.Token(chat), chat.Generation, Given.Say("half", FinishReason.Interrupted)));
        Assert.Equal(["half", "q1"], ended.Appended.Select(Given.Text));
        Assert.Equal(FinishReason.Interrupted, ended.Appended[0].FinishReason);
        Assert.Equal(stopping.Lease, ended.Next.Lease);
        Assert.Equal(stopping.Generation + 1, ended.Next.Generation);
        Assert.Equal([1L], ended.Dequeued);
    }

    [Fact]
    public void A_turn_stopped_before_a_word_was_said_leaves_only_the_question()
    {
        var ended = Given.Interrupting().Apply(chat => new FinishInterruption(Given.Token(chat), chat.Generation, null));
        Assert.Empty(ended.Appended);
        Assert.Equal((ChatStatus.Waiting, 1), (ended.Next.Status, ended.Next.LastMessageId));
    }

    [Fact]
    public void An_answer_that_was_complete_before_the_stop_came_is_kept_whole_and_the_chat_goes_on()
    {
        var ended = Given.Running().WithQueue().Then(_ => new Interrupt()).Apply(Given.Finish);
        Assert.Equal(["done", "q1"], ended.Appended.Select(Given.Text));
        Assert.Equal(FinishReason.Stop, ended.Appended[0].FinishReason);
        Assert.Equal(ChatStatus.Running, ended.Next.Status);
    }

    [Fact]
    public void An_interruption_always_has_somebody_who_ends_it()
    {
        var stopping = Given.Interrupting();
        Assert.Equal(RefusalCode.WrongStatus, Given.Refuse(stopping.Decide(Given.Release(stopping))).Code);
    }

    [Fact]
    public void The_interruption_of_a_crashed_worker_is_ended_by_who_takes_over()
    {
        var taken = Given.Interrupting().Then(_ => new AcquireLease(Given.Other, HolderIsGone: true));
        Assert.Equal(ChatStatus.Interrupting, taken.Status);
        Assert.Equal(ChatStatus.Waiting, taken.Then(chat => new FinishInterruption(Given.Token(chat), chat.Generation, null)).Status);
    }

    [Fact]
    public void A_stop_wins_over_a_retry_that_is_due()
    {
        var stopping = Given.Retrying().Then(_ => new Interrupt());
        Assert.Equal(RefusalCode.WrongStatus, Given.Refuse(stopping.Decide(new RecordAttempt(1, stopping.Generation))).Code);
        Assert.Null(stopping.Then(chat => new FinishInterruption(Given.Token(chat), chat.Generation, null)).Retry);
    }

    [Fact]
    public void A_failure_after_the_stop_does_not_turn_the_stop_into_an_error()
    {
        var stopping = Given.Interrupting();
        Assert.Equal(RefusalCode.WrongStatus, Given.Refuse(stopping.Decide(Given.Fail(stopping))).Code);
    }

    [Fact]
    public void An_archived_chat_can_be_stopped() =>
        Assert.Equal(ChatStatus.Interrupting, Given.Running().Then(_ => new UpdateChat(Archived: true)).Then(_ => new Interrupt()).Status);
}
