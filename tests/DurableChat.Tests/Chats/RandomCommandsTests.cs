using CsCheck;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Random sequences of commands, against a plain model and the invariants of every stored chat.</summary>
public sealed class RandomCommandsTests
{
    private const int Kinds = 16;

    private static readonly Gen<(int Kind, int Pick, bool Flag)[]> _sequences = Gen.Select(Gen.Int[0, Kinds - 1], Gen.Int[0, 9], Gen.Bool).Array[1, 60];

    [Fact]
    public void Chats_behave_like_the_plain_model_and_keep_their_invariants() => _sequences.Sample(Play, iter: 10_000);

    private static void Play((int Kind, int Pick, bool Flag)[] sequence)
    {
        var toy = new ToyChat();
        var model = new PlainModel();
        toy.Apply(Given.New(sequence[0].Flag ? Given.Replica : null, "m0"));
        model.Said.Add("m0");
        var count = 0;
        foreach (var (kind, pick, flag) in sequence)
        {
            var chat = toy.Chat;
            var text = $"m{++count}";
            var command = Make(kind, pick, flag, text, toy);
            var decision = ChatRules.Decide(chat, command, Given.Context);
            Assert.Equal(decision.GetType(), ChatRules.Decide(chat, command, Given.Context).GetType());
            if (decision is not Decision.Accepted { Transition: var transition })
            {
                continue;
            }

            Expect(model, command, chat, text);
            toy.Apply(transition);
            Assert.Equal(model.Status, toy.Chat.Status);
            Assert.Equal(model.Waiting, toy.Chat.Queue.Select(queued => queued.Content));
            Assert.Equal(model.Said, toy.Rows.Where(row => row.Role == MessageRole.User).Select(Text));
            if (command is TurnCommand { ClaimBy: { } claimant } && toy.Chat.Lease is { } lease && chat.LeaseToken < lease.Token)
            {
                Assert.Equal(claimant, lease.Replica);
            }
        }
    }

    private static ChatCommand Make(int kind, int pick, bool flag, string text, ToyChat toy)
    {
        var chat = toy.Chat;
        var token = Given.Token(chat) - (pick == 9 ? 1 : 0);
        var generation = chat.Generation;
        var claim = flag ? Given.Replica : null;
        var users = toy.Rows.Where(row => row.Role == MessageRole.User).ToArray();
        var queuedId = chat.Queue.Count == 0 ? 77 : chat.Queue[pick % chat.Queue.Count].Id;
        var call = new ToolCallPart($"call-{text}", "tool", "{}");
        ToolResultPart[] results = [.. chat.PendingToolCalls.Take(1 + (pick % 2)).Select(pending => new ToolResultPart(pending.CallId, "ok"))];
        return kind switch
        {
            0 or 1 => new SendMessage(text, flag ? BusyBehavior.Interrupt : BusyBehavior.Queue) { ClaimBy = claim },
            2 => new EditMessage(users[pick % users.Length], text) { ClaimBy = claim },
            3 => new DeleteQueued(queuedId),
            4 => new PromoteQueued(queuedId) { ClaimBy = claim },
            5 => new Interrupt { ClaimBy = claim },
            6 => new SubmitToolResults(results) { ClaimBy = claim },
            7 => new UpdateChat(Archived: flag && pick > 7),
            8 => new AcquireLease("replica-b", HolderIsGone: flag),
            9 => new RecordAttempt(token, generation),
            10 => new RecordRetry(token, generation, Given.Error, 5, TimeSpan.FromSeconds(1)),
            11 => flag ? new CommitStep(token, generation) { Answer = Given.SayWithCall(call) } : new CommitStep(token, generation) { Results = results },
            12 => new EnterRequiresAction(token, generation) { Answer = flag ? null : Given.SayWithCall(call) },
            13 => chat.Status == ChatStatus.Interrupting
                ? new FinishInterruption(token, generation, flag ? Given.SayWithCall(call) : null)
                : new FinishTurn(token, generation, flag ? Given.SayWithCall(call) : Given.Say($"answer {text}")),
            14 => new FailTurn(token, generation, Given.Error, flag ? Given.SayWithCall(call) : null),
            _ => new ReleaseLease(token, generation, flag ? Given.SayWithCall(call) : null),
        };
    }

    private static void Expect(PlainModel model, ChatCommand command, Chat before, string text)
    {
        var isDriven = before.Lease is not null;
        switch (command)
        {
            case SendMessage send:
                model.Send(text, send.BusyBehavior == BusyBehavior.Interrupt, isDriven);
                break;
            case EditMessage edit:
                model.Edit(Text(edit.Target!), text);
                break;
            case DeleteQueued delete:
                model.Delete(before.Queue.Single(queued => queued.Id == delete.QueuedId).Content);
                break;
            case PromoteQueued promote:
                model.Promote(before.Queue.Single(queued => queued.Id == promote.QueuedId).Content, isDriven);
                break;
            case Interrupt:
                model.Stop(isDriven);
                break;
            case SubmitToolResults submit:
                model.Status = submit.Results.Count == before.PendingToolCalls.Count ? ChatStatus.Running : ChatStatus.RequiresAction;
                break;
            case EnterRequiresAction:
                model.Status = ChatStatus.RequiresAction;
                break;
            case FinishTurn or FinishInterruption:
                model.Next();
                break;
            case FailTurn:
                model.Status = ChatStatus.Error;
                break;
        }
    }

    private static string Text(Message message) => ((TextPart)message.Parts[0]).Text;
}
