using System.Collections.Concurrent;
using System.Text.Json;
using CsCheck;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Random sequences of commands, against a plain model and the invariants of every stored chat.</summary>
public sealed class RandomCommandsTests
{
    /// <summary>
    /// A command in the making: which kind, which of the things it could name, two choices, and how the clock has
    /// moved, backwards too.
    /// </summary>
    private static readonly Gen<(int Kind, int Pick, bool Flag, bool Claims, int Clock)> _draws =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 11], Gen.Bool, Gen.Bool, Gen.Int[-2, 5]);

    [Fact]
    public void Chats_behave_like_the_plain_model_and_keep_their_invariants() => _draws.Array[1, 60].Sample(
        draws =>
        {
            var claimant = draws[0].Claims ? Given.Replica : null;
            var toy = new ToyChat();
            var model = new PlainModel(claimant, "m0");
            Assert.True(toy.TryApply(Given.New(claimant, "m0")));
            var clock = Given.Now;
            for (var i = 0; i < draws.Length; i++)
            {
                clock += TimeSpan.FromSeconds(draws[i].Clock);
                var before = toy.Chat;
                var command = Make(draws[i], $"m{i + 1}", toy);
                var accepted = ChatRules.Decide(before, command, new DecisionContext(clock, Given.Limits)) as Decision.Accepted;
                Assert.Equal(model.Do(command), accepted is not null && toy.TryApply(accepted.Transition));
                AssertLooksLike(model, toy);
                CheckClock(before, toy.Chat, clock);
            }
        },
        iter: 3_000);

    [Fact]
    public void Equal_arguments_give_equal_decisions_and_change_nothing_by_themselves() => _draws.Array[1, 40].Sample(
        draws => Walk(draws, (toy, draw, text) =>
        {
            var before = JsonSerializer.Serialize(toy.Chat);
            var decision = Show(toy.Chat.Decide(Make(draw, text, toy)));
            Assert.Equal(decision, Show(toy.Chat.Decide(Make(draw, text, toy))));
            Assert.Equal(before, JsonSerializer.Serialize(toy.Chat));
        }),
        iter: 300);

    [Fact]
    public void Of_two_transitions_from_one_version_only_the_first_carries_on() => Gen.Select(_draws.Array[1, 30], _draws).Sample(
        (draws, rival) => Walk(draws, (toy, draw, text) =>
        {
            var first = toy.Chat.Decide(Make(draw, text, toy)) as Decision.Accepted;
            var second = toy.Chat.Decide(Make(rival, text, toy)) as Decision.Accepted;
            if (first is not null && second is not null)
            {
                var copy = toy.Copy();
                Assert.True(copy.TryApply(first.Transition));
                var stored = JsonSerializer.Serialize((copy.Chat, copy.Rows));
                Assert.False(copy.TryApply(second.Transition));
                Assert.Equal(stored, JsonSerializer.Serialize((copy.Chat, copy.Rows)));
            }
        }),
        iter: 300);

    [Fact]
    public void A_worker_whose_lease_is_over_can_do_nothing_any_more_whatever_comes() => Gen.Select(_draws.Array[1, 30], _draws.Array[1, 30]).Sample(
        (before, after) =>
        {
            var toy = Walk(before);
            if (toy.Chat.Lease is not { } old)
            {
                return;
            }

            var lost = false;
            Walk(
                after,
                (later, draw, text) =>
                {
                    lost |= later.Chat.Lease?.Token != old.Token;
                    var late = Make(draw, text, later);
                    if (lost && late is GenerationCommand worker)
                    {
                        Assert.Equal(RefusalCode.LeaseLost, Given.Refuse(later.Chat.Decide(worker with { Token = old.Token })).Code);
                    }
                },
                toy);
        },
        iter: 1_000);

    [Fact]
    public void Random_sequences_lead_to_every_column_of_the_table_and_to_no_state_that_it_does_not_know()
    {
        var seen = new ConcurrentDictionary<KnownState, bool>();
        _draws.Array[60].Sample(draws => Walk(draws, (toy, _, _) => seen[KnownState.Of(toy.Chat)] = true), iter: 1_000);
        Assert.Empty(seen.Keys.Except(KnownState.All.Keys));
        Assert.Equal(KnownState.Shapes.Order(), seen.Keys.Select(state => state.Shape).Distinct().Order());
    }

    /// <summary>Goes through a sequence, and looks before each command.</summary>
    private static ToyChat Walk(
        (int Kind, int Pick, bool Flag, bool Claims, int Clock)[] draws,
        Action<ToyChat, (int Kind, int Pick, bool Flag, bool Claims, int Clock), string>? look = null,
        ToyChat? toy = null)
    {
        toy ??= ToyChat.New(draws[0].Claims ? Given.Replica : null);
        foreach (var draw in draws)
        {
            var text = $"m{toy.Chat.Version}";
            look?.Invoke(toy, draw, text);
            if (toy.Chat.Decide(Make(draw, text, toy)) is Decision.Accepted { Transition: var transition })
            {
                Assert.True(toy.TryApply(transition));
            }
        }

        return toy;
    }

    private static ChatCommand Make((int Kind, int Pick, bool Flag, bool Claims, int Clock) draw, string text, ToyChat toy)
    {
        var (kind, pick, flag, claims, _) = draw;
        var chat = toy.Chat;
        var token = Given.Token(chat) - (pick == 10 ? 1 : 0);
        var generation = chat.Generation - (pick == 11 ? 1 : 0);
        var claim = claims ? Given.Other : null;
        var users = toy.Rows.Where(row => row.Role == MessageRole.User).ToArray();
        var queuedId = chat.Queue.Count == 0 ? 77 : chat.Queue[pick % chat.Queue.Count].Id;
        ToolResultPart[] some = [.. chat.PendingToolCalls.Skip(pick % 2).Select(pending => new ToolResultPart(pending.CallId, "ok"))];
        return kind switch
        {
            0 or 1 or 2 => new SendMessage(text, flag ? BusyBehavior.Interrupt : BusyBehavior.Queue) { ClaimBy = claim },
            3 => new EditMessage(users[pick % users.Length], text) { ClaimBy = claim },
            4 => new DeleteQueued(queuedId),
            5 => new PromoteQueued(queuedId) { ClaimBy = claim },
            6 => new Interrupt { ClaimBy = claim },
            7 => new SubmitToolResults(some) { ClaimBy = claim },
            8 => new UpdateChat(Archived: flag && pick > 6),
            9 => new AcquireLease(Given.Other, HolderIsGone: flag),
            10 => new RecordAttempt(token, generation),
            11 => new RecordRetry(token, generation, Given.Error, 5, TimeSpan.FromSeconds(1)),
            12 or 13 => flag ? new CommitStep(token, generation) { Answer = Answers(text)[pick % 4] } : new CommitStep(token, generation) { Results = some },
            14 or 15 => new EnterRequiresAction(token, generation) { Answer = flag ? null : Answers(text)[1 + (pick % 3)] },
            16 => new FinishTurn(token, generation, Answers(text)[pick % 3]),
            17 => new FinishInterruption(token, generation, flag ? Answers(text)[pick % 3] : null) { Results = claims ? some : [] },
            18 => new FailTurn(token, generation, Given.Error, flag ? Answers(text)[pick % 3] : null) { Results = claims ? some : [] },
            _ => new ReleaseLease(token, generation, flag ? Answers(text)[pick % 3] : null),
        };
    }

    /// <summary>
    /// Without a call, with two, with nothing but one, and with two that share an id which other answers use too.
    /// </summary>
    private static Answer[] Answers(string text)
    {
        ToolCallPart first = new($"{text}a", "tool", "{}"), second = new($"{text}b", "tool", "{}");
        return
        [
            Given.Say($"answer {text}"),
            new Answer([new TextPart($"half {text}"), first, second], FinishReason.ToolCalls),
            new Answer([first], FinishReason.ToolCalls),
            new Answer([new ToolCallPart("call_0", "tool", "{}"), new ToolCallPart("call_0", "tool", "{}")], FinishReason.ToolCalls),
        ];
    }

    private static void AssertLooksLike(PlainModel model, ToyChat toy)
    {
        var chat = toy.Chat;
        Assert.Equal(model.History, toy.Rows.Select(PlainModel.Show));
        Assert.Equal(model.Queue.Select(queued => (queued.Text, queued.Urgent)), chat.Queue.Select(queued => (queued.Content, queued.Urgent)));
        Assert.Equal(model.Pending, chat.PendingToolCalls.Select(call => call.CallId));
        Assert.Equal(
            (model.Status, model.Archived, model.Epoch, model.Generation, model.Token, model.Driver),
            (chat.Status, chat.Archived, chat.Epoch, chat.Generation, chat.LeaseToken, chat.Lease?.Replica));
    }

    /// <summary>Replicas' clocks differ; what a chat tells of its last change must not go back.</summary>
    private static void CheckClock(Chat before, Chat after, DateTimeOffset clock) =>
        Assert.Equal(before == after || clock < before.UpdatedAt ? before.UpdatedAt : clock, after.UpdatedAt);

    private static string Show(Decision decision) => decision switch
    {
        Decision.Accepted accepted => JsonSerializer.Serialize(accepted.Transition),
        _ => decision.ToString()!,
    };
}
