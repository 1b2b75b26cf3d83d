using DurableChat.Chats;
using DurableChat.Notifications;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>What the rules count of the cost of model calls.</summary>
public sealed class CostTests
{
    private static readonly TokenUsage _cost = new(3, 4) { Cost = 0.5m };

    public static TheoryData<string> Endings => ["attempt", "finish", "stop", "fail", "release"];

    [Theory]
    [MemberData(nameof(Endings))]
    public void Whatever_ends_a_model_call_counts_it(string ending)
    {
        var ended = End(Given.Running(), ending);
        Assert.Equal((_cost, new Spending("demo", _cost)), (ended.Next.Usage, ended.Spent));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void What_follows_a_recorded_failure_does_not_count_it_again(string ending)
    {
        var failed = Given.Running().Apply(chat => Retry(chat));
        Assert.Equal(new Spending("demo", _cost), failed.Spent);
        var ended = End(failed.Next, ending);
        Assert.Equal((_cost, null), (ended.Next.Usage, ended.Spent));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("fail")]
    [InlineData("release")]
    public void What_ends_the_tools_of_an_answer_does_not_count_the_answer_again(string ending)
    {
        var answer = Given.SayWithCalls() with { Usage = _cost };
        var called = Given.Running()
            .Then(chat => new CommitStep(Given.Token(chat), chat.Generation) { Answer = answer });
        var ended = End(called, ending);
        Assert.Equal((_cost, null), (ended.Next.Usage, ended.Spent));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_worker_has_spent_that_lost_its_lease_is_counted_once_for_the_model_that_it_called(bool isEdit)
    {
        var running = Given.Running();
        var lost = isEdit
            ? running.Then(_ => new EditMessage(Given.UserMessage(), "other") { ClaimBy = "b" })
            : running.Then(_ => new AcquireLease("b", HolderIsGone: true));
        Assert.Equal([running.Generation], lost.UncountedGenerations);
        var settled = lost.Apply(_ => new RecordSpending(running.Generation, "other", _cost));
        Assert.Equal((_cost, new Spending("other", _cost)), (settled.Next.Usage, settled.Spent));
        Assert.Equal((lost.Lease, lost.Generation, lost.Status), (settled.Next.Lease, settled.Next.Generation, settled.Next.Status));
        Assert.IsType<Decision.Unchanged>(settled.Next.Decide(new RecordSpending(running.Generation, "other", _cost)));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void What_the_worker_s_own_commit_has_counted_is_not_counted_again(string ending)
    {
        var running = Given.Running();
        var ended = End(running, ending).Next;
        Assert.IsType<Decision.Unchanged>(ended.Decide(new RecordSpending(running.Generation, "demo", _cost)));
    }

    [Fact]
    public void A_failure_that_was_recorded_before_the_lease_was_lost_is_not_counted_again()
    {
        var lost = Given.Running().Then(chat => Retry(chat)).Then(_ => new AcquireLease("b", HolderIsGone: true));
        Assert.Empty(lost.UncountedGenerations);
    }

    [Fact]
    public void The_newest_of_the_generations_that_lost_their_worker_are_remembered()
    {
        var chat = Given.Running();
        for (var i = 0; i < 20; i++)
        {
            chat = chat.Then(_ => new AcquireLease("b", HolderIsGone: true)).Then(taken => new RecordAttempt(Given.Token(taken), taken.Generation));
        }

        Assert.Equal(Enumerable.Range((int)chat.Generation - Chat.MaxUncounted, Chat.MaxUncounted).Select(generation => (long)generation), chat.UncountedGenerations);
    }

    [Fact]
    public void A_generation_that_lost_two_workers_is_remembered_once()
    {
        var chat = Given.Running().Then(_ => new AcquireLease("b", HolderIsGone: true)).Then(_ => new AcquireLease("c", HolderIsGone: true));
        Assert.Equal([1L], chat.UncountedGenerations);
    }

    [Fact]
    public void A_failure_is_recorded_once()
    {
        var failed = Given.Running().Then(chat => Retry(chat));
        Assert.Equal(RefusalCode.StaleGeneration, Given.Refuse(failed.Decide(Retry(failed))).Code);
        var next = failed.Then(chat => new RecordAttempt(Given.Token(chat), chat.Generation)).Then(chat => Retry(chat));
        Assert.Equal(TokenUsage.Add(_cost, _cost), next.Usage);
    }

    [Fact]
    public void A_commit_that_ends_no_call_and_a_call_of_unknown_cost_spend_nothing()
    {
        Assert.Null(Given.Running().Apply(Given.Finish).Spent);
        var known = Given.Running().Then(Finish);
        var sent = known.Apply(_ => new SendMessage("more"));
        Assert.Equal((_cost, null), (sent.Next.Usage, sent.Spent));
    }

    [Fact]
    public void Numbers_that_no_sum_could_hold_are_bounded()
    {
        var absurd = new TokenUsage(long.MaxValue, -1) { CacheReadTokens = long.MinValue, Cost = decimal.MaxValue };
        var bounded = new TokenUsage(1_000_000_000_000, 0) { CacheReadTokens = 0, Cost = 10_000 };
        Assert.Equal(bounded, absurd.Bounded());
        Assert.Equal(0.123456789012m, (_cost with { Cost = 0.1234567890123m }).Bounded().Cost);
    }

    [Fact]
    public void Other_replicas_are_given_the_sum_with_the_state()
    {
        var ended = Given.Running().Apply(Finish).WithCommitId(Guid.NewGuid());
        var read = Notification.Read(NotificationWriter.Write(ended, "a", 8_000))!;
        Assert.Equal((_cost, _cost), (read.State!.Usage, read.Messages![0].Usage));
    }

    private static FinishTurn Finish(Chat chat) =>
        new(Given.Token(chat), chat.Generation, Given.Say("x") with { Usage = _cost });

    private static RecordRetry Retry(Chat chat) =>
        new(Given.Token(chat), chat.Generation, Given.Error, 5, TimeSpan.FromSeconds(1)) { Usage = _cost };

    private static Transition End(Chat chat, string ending)
    {
        var before = ending == "stop" ? chat.Then(_ => new Interrupt()) : chat;
        var (token, generation) = (Given.Token(before), before.Generation);
        var half = Given.Say("half", FinishReason.Interrupted) with { Usage = _cost };
        return before.Apply(_ => ending switch
        {
            "attempt" => new RecordAttempt(token, generation) { Usage = _cost },
            "finish" => new FinishTurn(token, generation, half),
            "stop" => new FinishInterruption(token, generation, half),
            "fail" => new FailTurn(token, generation, Given.Error) { Usage = _cost },
            _ => new ReleaseLease(token, generation, null) { Usage = _cost },
        });
    }
}
