using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>
/// Every call gets exactly one result right behind it, whatever becomes of its turn; else no provider takes the history
/// any more.
/// </summary>
public sealed class ToolCallTests
{
    private const string NewMessage = "Cancelled: the user sent a new message instead of answering this call.";
    private const string Stopped = "Cancelled: the user stopped the turn.";
    private const string Failed = "Cancelled: the turn failed before this call had a result.";
    private const string Ended = "Cancelled: the turn ended before this call had a result.";
    private const string MayHaveRun = " The call may have begun, so it may have had effects.";
    private const string DidNotRun = " The call did not run.";

    public static TheoryData<string, string> Endings() => new()
    {
        { "finish", Ended + MayHaveRun },
        { "stop and finish", Ended + MayHaveRun },
        { "stop and end", Stopped + MayHaveRun },
        { "fail", Failed + MayHaveRun },
        { "stop with nobody driving", Stopped + MayHaveRun },
        { "send-interrupt with nobody driving", Stopped + MayHaveRun },
        { "promote with nobody driving", Stopped + MayHaveRun },
        { "stop while the client is asked", Stopped },
        { "send-interrupt while the client is asked", NewMessage },
        { "promote while the client is asked", NewMessage },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public void Calls_that_will_get_no_result_are_cancelled_in_the_transition_that_ends_them(string ending, string reason)
    {
        var asked = Given.RequiresAction();
        var undriven = Given.ToolsPending().Then(Given.Release);
        var ended = ending switch
        {
            "finish" => Given.ToolsPending().Apply(Given.Finish),
            "stop and finish" => Given.ToolsPending().Then(_ => new Interrupt()).Apply(Given.Finish),
            "stop and end" => Given.ToolsPending().Then(_ => new Interrupt()).Apply(chat => new FinishInterruption(Given.Token(chat), chat.Generation, null)),
            "fail" => Given.ToolsPending().Apply(Given.Fail),
            "stop with nobody driving" => undriven.Apply(_ => new Interrupt()),
            "send-interrupt with nobody driving" => undriven.Apply(_ => new SendMessage("more", BusyBehavior.Interrupt)),
            "promote with nobody driving" => undriven.WithQueue().Apply(_ => new PromoteQueued(1)),
            "stop while the client is asked" => asked.Apply(_ => new Interrupt()),
            "send-interrupt while the client is asked" => asked.Apply(_ => new SendMessage("more", BusyBehavior.Interrupt)),
            _ => asked.WithQueue().Apply(_ => new PromoteQueued(1)),
        };
        Assert.Equal(MessageRole.Tool, ended.Appended[0].Role);
        Assert.Equal(
            [new ToolResultPart("call-1", reason, IsError: true), new ToolResultPart("call-2", reason, IsError: true)],
            ended.Appended[0].Parts);
        Assert.Empty(ended.Next.PendingToolCalls);
    }

    [Fact]
    public void Calls_of_an_answer_that_ends_the_turn_are_cancelled_behind_it()
    {
        var ended = Given.Running().WithQueue().Apply(chat => new FinishTurn(Given.Token(chat), chat.Generation, Given.SayWithCall()));
        Assert.Equal([MessageRole.Assistant, MessageRole.Tool, MessageRole.User], ended.Appended.Select(message => message.Role));
        Assert.Equal(new ToolResultPart("call-1", Ended + DidNotRun, IsError: true), ended.Appended[1].Parts[0]);
    }

    [Fact]
    public void Only_the_calls_without_a_result_are_cancelled()
    {
        var half = Given.RequiresAction().Then(_ => new SubmitToolResults([Given.Ok(Given.Call)]));
        Assert.Equal([Given.SecondCall], half.PendingToolCalls);
        Assert.Equal([new ToolResultPart("call-2", Stopped, IsError: true)], half.Apply(_ => new Interrupt()).Appended[0].Parts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_came_before_the_end_is_recorded_and_each_other_call_says_whether_it_may_have_run(bool fails)
    {
        ToolCallPart[] calls = [Given.Call, Given.SecondCall, Given.Call with { CallId = "call-3" }];
        var pending = Given.Running().Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Answer = new Answer(calls, FinishReason.ToolCalls) });
        var ended = fails
            ? pending.Apply(chat => Given.Fail(chat) with { Results = [Given.Ok(Given.SecondCall)], NotBegun = [2] })
            : pending.Then(_ => new Interrupt()).Apply(chat => new FinishInterruption(Given.Token(chat), chat.Generation, null) { Results = [Given.Ok(Given.SecondCall)], NotBegun = [2] });
        var reason = fails ? Failed : Stopped;
        Assert.Equal(
            [new ToolResultPart("call-1", reason + MayHaveRun, IsError: true), Given.Ok(Given.SecondCall), new ToolResultPart("call-3", reason + DidNotRun, IsError: true)],
            Assert.Single(ended.Appended).Parts);
    }

    [Fact]
    public void A_key_names_the_chat_the_answer_and_the_place_and_stays_the_same_whoever_drives()
    {
        var pending = Given.ToolsPending();
        Assert.Equal([$"{pending.Id}-1-0", $"{pending.Id}-1-1"], Keys(pending));
        var half = pending.Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.Call)] });
        Assert.Equal([$"{pending.Id}-1-1"], Keys(half.Then(_ => new AcquireLease(Given.Other, HolderIsGone: true))));
        var again = half.Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.SecondCall)] })
            .Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Answer = Given.SayWithCalls() });
        Assert.Equal([$"{pending.Id}-2-0", $"{pending.Id}-2-1"], Keys(again));

        // A version that knew no places told tools the call's id: a call that it began must be recognised.
        Assert.Equal(["call-1", "call-2"], Keys(pending with { PendingCallOrigin = null }));

        static IEnumerable<string> Keys(Chat chat) => chat.PendingToolCalls.Select((_, index) => chat.IdempotencyKeyOf(index));
    }

    [Fact]
    public void Calls_that_share_an_id_are_answered_in_their_order()
    {
        ToolCallPart[] calls = [new("call_0", "first", "{}"), new("call_0", "second", "{}")];
        var pending = Given.Running().Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Answer = new Answer(calls, FinishReason.ToolCalls) });
        var half = pending.Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [new ToolResultPart("call_0", "1")] });
        Assert.Equal([calls[1]], half.PendingToolCalls);
        Assert.Equal([1], half.PendingCallOrigin!.Places);
    }

    public static TheoryData<string> PartialEndings() => ["stop", "fail", "release"];

    [Theory]
    [MemberData(nameof(PartialEndings))]
    public void Half_an_answer_is_kept_without_its_calls(string ending)
    {
        var ended = EndWith(Given.Running(), ending, new Answer([new ReasoningPart("hm"), new TextPart("half"), Given.Call], FinishReason.HandedOver));
        Assert.Equal([new ReasoningPart("hm"), new TextPart("half")], Assert.Single(ended.Appended).Parts);
        Assert.Empty(ended.Next.PendingToolCalls);
    }

    [Theory]
    [MemberData(nameof(PartialEndings))]
    public void Half_an_answer_of_calls_alone_is_no_message(string ending) =>
        Assert.Empty(EndWith(Given.Running(), ending, new Answer([Given.Call], FinishReason.HandedOver)).Appended);

    [Theory]
    [MemberData(nameof(PartialEndings))]
    public void While_tools_run_the_answer_is_in_the_history_already_and_is_not_added_again(string ending)
    {
        var ended = EndWith(Given.ToolsPending(), ending, Given.Say("let me see", FinishReason.HandedOver));
        Assert.DoesNotContain(ended.Appended, message => message.Role == MessageRole.Assistant);
    }

    [Fact]
    public void A_released_turn_keeps_its_pending_calls_for_who_takes_it_next()
    {
        var taken = Given.ToolsPending().Then(Given.Release).Then(_ => new AcquireLease(Given.Other, false));
        Assert.Equal([Given.Call, Given.SecondCall], taken.PendingToolCalls);
        var done = taken.Apply(chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.SecondCall), Given.Ok(Given.Call)] });
        Assert.Empty(done.Next.PendingToolCalls);
    }

    [Fact]
    public void No_answer_comes_between_a_call_and_its_result()
    {
        var pending = Given.ToolsPending();
        Assert.Equal(RefusalCode.WrongStatus, Given.Refuse(pending.Decide(new CommitStep(Given.Token(pending), pending.Generation) { Answer = Given.Say("too early") })).Code);
    }

    [Fact]
    public void An_answer_and_the_results_of_its_calls_can_come_in_one_step()
    {
        var step = Given.Running().Apply(chat => new CommitStep(Given.Token(chat), chat.Generation) { Answer = Given.SayWithCall(), Results = [Given.Ok(Given.Call)] });
        Assert.Equal([MessageRole.Assistant, MessageRole.Tool], step.Appended.Select(message => message.Role));
        Assert.Empty(step.Next.PendingToolCalls);
    }

    [Fact]
    public void A_provider_may_use_an_id_of_a_call_again_in_a_later_answer()
    {
        var again = Given.ToolsPending().Then(Results).Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Answer = Given.SayWithCalls() });
        Assert.Equal([Given.Call, Given.SecondCall], again.PendingToolCalls);
        Assert.Empty(again.Then(Results).PendingToolCalls);
    }

    [Fact]
    public void A_result_that_is_refused_names_its_place()
    {
        var refusal = Given.Refuse(Given.RequiresAction().Decide(new SubmitToolResults([Given.Ok(Given.Call), new ToolResultPart("call-x", "ok")])));
        Assert.Equal((RefusalCode.ToolCallNotFound, "results[1].call_id"), (refusal.Code, refusal.Field));
    }

    private static CommitStep Results(Chat chat) =>
        new(Given.Token(chat), chat.Generation) { Results = [Given.Ok(Given.Call), Given.Ok(Given.SecondCall)] };

    private static Transition EndWith(Chat chat, string ending, Answer partial) => ending switch
    {
        "stop" => chat.Then(_ => new Interrupt()).Apply(stopping => new FinishInterruption(Given.Token(stopping), stopping.Generation, partial)),
        "fail" => chat.Apply(running => new FailTurn(Given.Token(running), running.Generation, Given.Error, partial)),
        _ => chat.Apply(running => new ReleaseLease(Given.Token(running), running.Generation, partial)),
    };
}
