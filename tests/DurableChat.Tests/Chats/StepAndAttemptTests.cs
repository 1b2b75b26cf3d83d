using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>What limits a turn: how many model calls it has made, and how often the present one was begun.</summary>
public sealed class StepAndAttemptTests
{
    [Fact]
    public void Each_attempt_has_a_generation_of_its_own_and_counts()
    {
        var chat = Given.Running();
        for (var attempt = 1; attempt < 4; attempt++)
        {
            Assert.Equal((attempt, attempt), (chat.Attempt, chat.Generation));
            var retrying = chat.Then(running => new RecordRetry(Given.Token(running), running.Generation, Given.Error, 5, TimeSpan.FromSeconds(2)));
            Assert.Equal(new RetryState(attempt, 5, Given.Error, Given.Now.AddSeconds(2), TimeSpan.FromSeconds(2)), retrying.Retry);
            Assert.Equal((attempt, chat.Generation, ChatStatus.Running), (retrying.Attempt, retrying.Generation, retrying.Status));
            chat = retrying.Then(running => new RecordAttempt(Given.Token(running), running.Generation));
            Assert.Null(chat.Retry);
            Assert.Equal(1, chat.LeaseToken);
        }
    }

    [Fact]
    public void A_worker_of_the_attempt_before_is_refused()
    {
        var retried = Given.Retrying().Then(chat => new RecordAttempt(Given.Token(chat), chat.Generation));
        Assert.Equal(RefusalCode.StaleGeneration, Given.Refuse(retried.Decide(new FinishTurn(1, 1, Given.Say("late")))).Code);
    }

    [Fact]
    public void A_turn_that_kills_its_workers_counts_every_takeover()
    {
        var chat = Given.Running();
        for (var attempt = 2; attempt < 6; attempt++)
        {
            chat = chat.Then(_ => new AcquireLease(Given.Other, HolderIsGone: true));
            Assert.Equal((attempt, 1, attempt), (chat.Attempt, chat.Generation, chat.LeaseToken));
        }
    }

    [Fact]
    public void Failed_attempts_and_crashes_count_together_and_a_takeover_does_not_wait_for_the_retry()
    {
        var taken = Given.Retrying().Then(_ => new AcquireLease(Given.Other, HolderIsGone: true));
        Assert.Equal(2, taken.Attempt);
        Assert.Null(taken.Retry);
    }

    [Fact]
    public void A_lease_given_back_in_good_order_is_no_failed_attempt()
    {
        var taken = Given.Running().Then(Given.Release).Then(_ => new AcquireLease(Given.Other, HolderIsGone: false));
        Assert.Equal((1, 2), (taken.Attempt, taken.Generation));
    }

    [Fact]
    public void Tools_that_run_again_after_a_lease_was_given_back_count_as_an_attempt()
    {
        var taken = Given.ToolsPending().Then(Given.Release).Then(_ => new AcquireLease(Given.Other, HolderIsGone: false));
        Assert.Equal(2, taken.Attempt);
        Assert.Equal(1, taken.Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.Call), Given.Ok(Given.SecondCall)] }).Attempt);
    }

    [Fact]
    public void A_turn_that_nobody_has_begun_has_no_attempt()
    {
        Assert.Equal((0, 0), (Given.Unowned().Attempt, Given.Unowned().Generation));
        Assert.Equal((1, 1), (Given.Running().Attempt, Given.Running().Generation));
    }

    [Fact]
    public void Attempts_are_counted_anew_for_each_model_call_and_each_turn()
    {
        var second = Given.Running().Then(_ => new AcquireLease(Given.Other, HolderIsGone: true)).WithQueue();
        Assert.Equal(1, second.Then(chat => Step(chat)).Attempt);
        Assert.Equal(1, second.Then(Given.Finish).Attempt);
        Assert.Equal(0, second.Then(Given.Fail).Attempt);
    }

    [Fact]
    public void Tools_that_run_belong_to_the_attempt_that_called_them()
    {
        var pending = Given.ToolsPending();
        Assert.Equal((1, 1, 0), (pending.Attempt, pending.Generation, pending.Step));
        Assert.Equal(2, pending.Then(_ => new AcquireLease(Given.Other, HolderIsGone: true)).Attempt);
    }

    [Fact]
    public void A_step_counts_once_when_all_its_calls_have_results()
    {
        var half = Given.ToolsPending().Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.Call)] });
        Assert.Equal((0, 1), (half.Step, half.Generation));
        var whole = half.Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.SecondCall)] });
        Assert.Equal((1, 2), (whole.Step, whole.Generation));
    }

    [Fact]
    public void Steps_count_on_through_results_of_the_client()
    {
        var chat = Given.Running();
        for (var step = 1; step < 4; step++)
        {
            var asked = chat.Then(running => new EnterRequiresAction(Given.Token(running), running.Generation) { Answer = Given.SayWithCalls() });
            Assert.Equal((step, 0), (asked.Step, asked.Attempt));
            var half = asked.Then(_ => new SubmitToolResults([Given.Ok(Given.Call)]));
            chat = half.Then(_ => new SubmitToolResults([Given.Ok(Given.SecondCall)]) { ClaimBy = Given.Replica });
            Assert.Equal((step, 1, step + 1), (chat.Step, chat.Attempt, chat.Generation));
        }
    }

    [Fact]
    public void A_step_that_begins_with_a_server_tool_and_ends_with_a_client_tool_counts_once()
    {
        var asked = Given.ToolsPending().Then(chat => new EnterRequiresAction(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.Call)] });
        Assert.Equal(1, asked.Step);
        Assert.Equal(1, asked.Then(_ => new SubmitToolResults([Given.Ok(Given.SecondCall)]) { ClaimBy = Given.Replica }).Step);
    }

    [Fact]
    public void Steps_are_counted_anew_for_each_turn()
    {
        var second = Given.Running().Then(chat => Step(chat));
        Assert.Equal(1, second.Step);
        Assert.Equal(0, second.WithQueue().Then(Given.Finish).Step);
        Assert.Equal(0, second.Then(_ => new EditMessage(Given.UserMessage(), "other")).Step);
        Assert.Equal(0, second.Then(Given.Fail).Step);
    }

    [Fact]
    public void A_takeover_and_a_handing_over_keep_the_steps()
    {
        var second = Given.Running().Then(chat => Step(chat));
        Assert.Equal(1, second.Then(_ => new AcquireLease(Given.Other, HolderIsGone: true)).Step);
        Assert.Equal(1, second.Then(Given.Release).Step);
    }

    private static CommitStep Step(Chat chat) =>
        new(Given.Token(chat), chat.Generation) { Answer = Given.SayWithCall(), Results = [Given.Ok(Given.Call)] };
}
