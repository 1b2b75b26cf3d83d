using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Who may drive a chat.</summary>
public sealed class LeaseTests
{
    [Fact]
    public void A_worker_that_was_paused_through_a_takeover_can_commit_nothing()
    {
        var before = Given.Running();
        var taken = before.Then(_ => new AcquireLease(Given.Other, HolderIsGone: true));
        foreach (var late in (GenerationCommand[])[Given.Finish(before), Given.Fail(before), Given.Release(before), new RecordAttempt(1, 2)])
        {
            Assert.Equal(RefusalCode.LeaseLost, Given.Refuse(taken.Decide(late)).Code);
        }
    }

    [Fact]
    public void A_takeover_continues_the_answer_in_flight_and_begins_another_where_there_is_none()
    {
        var running = Given.Running();
        var taken = running.Then(_ => new AcquireLease(Given.Other, HolderIsGone: true));
        Assert.Equal((running.Generation, running.Attempt + 1), (taken.Generation, taken.Attempt));
        foreach (var ended in (Chat[])[Given.Retrying(), Given.ToolsPending(), running.Then(Given.Release)])
        {
            Assert.Equal(ended.Generation + 1, ended.Then(_ => new AcquireLease(Given.Other, HolderIsGone: true)).Generation);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_command_that_ends_an_answer_removes_its_checkpoint_if_there_may_be_one(bool hasCheckpoint)
    {
        var running = Given.Running();
        foreach (var ends in (GenerationCommand[])[Given.Finish(running), Given.Fail(running), Given.Release(running), new RecordAttempt(1, 1)])
        {
            Assert.Equal(hasCheckpoint, running.Apply(_ => ends with { HasCheckpoint = hasCheckpoint }).RemovesCheckpoint);
        }

        var retrying = Given.Retrying();
        Assert.Equal(hasCheckpoint, retrying.Apply(_ => new RecordAttempt(1, 1) { HasCheckpoint = hasCheckpoint }).RemovesCheckpoint);
        Assert.False(Given.ToolsPending().Apply(chat => new CommitStep(1, 1) { Results = [Given.Ok(Given.Call)], HasCheckpoint = hasCheckpoint }).RemovesCheckpoint);
    }

    [Fact]
    public void Others_remove_a_checkpoint_only_if_they_end_the_answer()
    {
        var running = Given.Running();
        foreach (var keeps in (ChatCommand[])[new SendMessage("more"), new Interrupt(), new AcquireLease(Given.Other, HolderIsGone: true)])
        {
            Assert.False(running.Apply(_ => keeps).RemovesCheckpoint);
        }

        Assert.True(running.Apply(_ => new EditMessage(Given.UserMessage(), "other")).RemovesCheckpoint);
        Assert.True(Given.Retrying().Apply(_ => new AcquireLease(Given.Other, HolderIsGone: true)).RemovesCheckpoint);
    }

    [Fact]
    public void A_commit_decided_before_a_takeover_is_fenced_by_its_token()
    {
        var before = Given.Running();
        Assert.Equal(before.Lease!.Token, before.Apply(Given.Finish).FencingToken);
        Assert.NotEqual(before.Lease.Token, before.Then(_ => new AcquireLease(Given.Other, HolderIsGone: true)).Lease!.Token);
    }

    [Fact]
    public void A_turn_without_a_claim_waits_for_anybody()
    {
        var unowned = Given.Unowned();
        Assert.True(unowned.NeedsWorker);
        Assert.Equal(new Lease(Given.Other, 1), unowned.Then(_ => new AcquireLease(Given.Other, HolderIsGone: false)).Lease);
    }

    [Fact]
    public void A_claim_and_the_turn_it_starts_are_one_transition()
    {
        var created = Given.New(Given.Other);
        Assert.Equal(new Lease(Given.Other, 1), created.Next.Lease);
        Assert.Equal((0, 1, null), (created.ExpectedVersion, created.Next.Version, created.FencingToken));
    }

    [Fact]
    public void A_message_that_only_waits_gives_nobody_a_lease() =>
        Assert.Null(Given.Unowned().Then(_ => new SendMessage("more") { ClaimBy = Given.Other }).Lease);

    [Fact]
    public void Tokens_of_leases_that_ended_are_not_given_again()
    {
        var chat = Given.Waiting();
        Assert.Null(chat.Lease);
        Assert.Equal(2, chat.Then(_ => new SendMessage("more") { ClaimBy = Given.Replica }).Lease!.Token);
    }

    [Fact]
    public void A_lease_lasts_through_the_queue_and_ends_with_it()
    {
        var chat = Given.Running().WithQueue(2);
        var lease = chat.Lease;
        chat = chat.Then(Given.Finish).Then(Given.Finish);
        Assert.Equal((lease, 3, 1), (chat.Lease, chat.Generation, chat.Attempt));
        Assert.Null(chat.Then(Given.Finish).Lease);
    }

    [Fact]
    public void One_who_waits_for_the_client_needs_no_driver()
    {
        Assert.Null(Given.RequiresAction().Lease);
        Assert.False(Given.RequiresAction().NeedsWorker);
    }
}
