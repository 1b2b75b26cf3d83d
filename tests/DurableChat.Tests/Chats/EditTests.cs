using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Rewriting history.</summary>
public sealed class EditTests
{
    [Fact]
    public void An_edit_fences_the_worker_that_still_answers_the_old_question()
    {
        foreach (var claimant in (string?[])[null, Given.Replica, Given.Other])
        {
            var running = Given.Running();
            var edited = running.Then(_ => new EditMessage(Given.UserMessage(), "other") { ClaimBy = claimant });
            Assert.Equal(RefusalCode.LeaseLost, Given.Refuse(edited.Decide(Given.Finish(running))).Code);
            Assert.NotEqual(running.Lease, edited.Lease);
            Assert.Equal(claimant, edited.Lease?.Replica);
        }
    }

    [Fact]
    public void What_follows_the_edited_message_is_removed_and_its_numbers_are_not_given_again()
    {
        var chat = Given.Waiting().Then(_ => new SendMessage("second") { ClaimBy = Given.Replica }).Then(Given.Finish);
        var edited = chat.Apply(_ => new EditMessage(Given.UserMessage(id: 3, previousId: 2), "better second"));
        Assert.Equal(3, edited.RemovedFrom);
        Assert.True(edited.RewritesHistory);
        Assert.Equal((5, 2), (Assert.Single(edited.Appended).Id, edited.Appended[0].PreviousId));
        Assert.Equal((2, 5, 5), (edited.Next.Epoch, edited.Next.LastMessageId, edited.Next.LastAssignedId));
        Assert.Equal((6, 5), LastOf(edited.Next.Then(_ => new AcquireLease(Given.Replica, false)).Apply(Given.Finish)));
    }

    [Fact]
    public void The_first_message_can_be_edited_again_and_again()
    {
        var chat = Given.Running();
        for (var id = 1; id < 5; id++)
        {
            var edited = chat.Apply(_ => new EditMessage(Given.UserMessage(id), "again"));
            Assert.Equal((id + 1, 0), (Assert.Single(edited.Appended).Id, edited.Appended[0].PreviousId));
            Assert.Equal((id + 1, id + 1), (edited.Next.Epoch, edited.Next.LastMessageId));
            chat = edited.Next;
        }
    }

    [Fact]
    public void Calls_that_are_removed_with_their_message_get_no_result()
    {
        foreach (var pending in (Chat[])[Given.ToolsPending(), Given.RequiresAction()])
        {
            var edited = pending.Apply(_ => new EditMessage(Given.UserMessage(), "other"));
            Assert.Equal(MessageRole.User, Assert.Single(edited.Appended).Role);
            Assert.Empty(edited.Next.PendingToolCalls);
        }
    }

    [Fact]
    public void An_edit_forgets_error_retry_and_steps_and_keeps_the_queue()
    {
        foreach (var chat in (Chat[])[Given.Running().WithQueue().Then(Given.Fail), Given.Retrying().WithQueue(), Given.RequiresAction().WithQueue()])
        {
            var edited = chat.Then(_ => new EditMessage(Given.UserMessage(), "other"));
            Assert.Equal((null, null, 0, 0), (edited.Error, edited.Retry, edited.Step, edited.Attempt));
            Assert.Equal(["q1"], edited.Queue.Texts());
            Assert.True(edited.Generation >= chat.Generation);
        }
    }

    [Fact]
    public void An_edit_of_a_turn_that_is_being_stopped_runs()
    {
        var edited = Given.Interrupting().Then(_ => new EditMessage(Given.UserMessage(), "other") { ClaimBy = Given.Other });
        Assert.Equal((ChatStatus.Running, new Lease(Given.Other, 2)), (edited.Status, edited.Lease));
    }

    [Theory]
    [InlineData(MessageRole.Assistant)]
    [InlineData(MessageRole.Tool)]
    public void Only_the_words_of_the_owner_can_be_edited(MessageRole role)
    {
        var refusal = Given.Refuse(Given.Waiting().Decide(new EditMessage(Given.UserMessage() with { Role = role }, "other")));
        Assert.Equal((RefusalCode.NotAUserMessage, "message_id"), (refusal.Code, refusal.Field));
    }

    private static (long, long) LastOf(Transition transition) => (transition.Appended[^1].Id, transition.Appended[^1].PreviousId);
}
