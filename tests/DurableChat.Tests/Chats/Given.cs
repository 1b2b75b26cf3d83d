using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Chats in every state, brought there by the rules themselves.</summary>
internal static class Given
{
    public const string Replica = "replica-a";
    public const string Other = "replica-b";
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    public static readonly ChatLimits Limits = new() { MaxQueue = 3 };
    public static readonly ToolCallPart Call = new("call-1", "look_up", "{}");
    public static readonly ToolCallPart SecondCall = new("call-2", "look_up", "{}");
    public static readonly ChatError Error = new("model_unavailable", "The model is away.", Retryable: true);

    public static readonly Refusal NotAllowed = new(
        RefusalCode.SettingNotAllowed, "It lets them choose no setting.", "settings.seed");

    public static DecisionContext Context => new(Now, Limits);

    public static CreateChat Create(string content = "hello", string? claimBy = Replica) =>
        new(ChatId.Create(Now), "owner", content, "demo") { ClaimBy = claimBy };

    public static Transition New(string? claimBy = Replica, string content = "hello") => Accept(ChatRules.Decide(Create(content, claimBy), Context));

    public static Chat Waiting() => New().Next.Then(chat => new FinishTurn(Token(chat), chat.Generation, Say("done")));

    public static Chat Running() => New().Next;

    public static Chat Unowned() => New(claimBy: null).Next;

    /// <summary>Two calls of server-side tools are pending.</summary>
    public static Chat ToolsPending() => Running().Then(chat => new CommitStep(Token(chat), chat.Generation) { Answer = SayWithCalls() });

    public static Chat Retrying() =>
        Running().Then(chat => new RecordRetry(Token(chat), chat.Generation, Error, 5, TimeSpan.FromSeconds(1)));

    public static Chat Interrupting() => Running().Then(_ => new Interrupt());

    /// <summary>Two calls of client-side tools are pending.</summary>
    public static Chat RequiresAction() => Running().Then(chat => new EnterRequiresAction(Token(chat), chat.Generation) { Answer = SayWithCalls() });

    public static Chat Failed() => Running().Then(Fail);

    public static FailTurn Fail(Chat chat) => new(Token(chat), chat.Generation, Error);

    public static FinishTurn Finish(Chat chat) => new(Token(chat), chat.Generation, Say("done"));

    public static ReleaseLease Release(Chat chat) => new(Token(chat), chat.Generation, null);

    /// <summary>So many messages are sent while the chat is busy: "q1", "q2", …</summary>
    public static Chat WithQueue(this Chat chat, int count = 1) =>
        Enumerable.Range(1, count).Aggregate(chat, (next, number) => next.Then(_ => new SendMessage($"q{number}")));

    public static Answer Say(string text, FinishReason reason = FinishReason.Stop) => new([new TextPart(text)], reason);

    public static Answer SayWithCall(ToolCallPart? call = null) => new([new TextPart("let me see"), call ?? Call], FinishReason.ToolCalls);

    public static Answer SayWithCalls() => new([new TextPart("let me see"), Call, SecondCall], FinishReason.ToolCalls);

    public static ToolResultPart Ok(ToolCallPart call) => new(call.CallId, "ok");

    /// <summary>The lease's token; where there is no lease, one that some worker may still believe in.</summary>
    public static long Token(Chat chat) => chat.Lease?.Token ?? Math.Max(1, chat.LeaseToken);

    public static Chat Then(this Chat chat, Func<Chat, ChatCommand> command) => chat.Apply(command).Next;

    public static Transition Apply(this Chat chat, Func<Chat, ChatCommand> command) => Accept(Decide(chat, command(chat)));

    public static Decision Decide(this Chat chat, ChatCommand command) => ChatRules.Decide(chat, command, Context);

    public static Transition Accept(Decision decision) => Assert.IsType<Decision.Accepted>(decision).Transition;

    public static Refusal Refuse(Decision decision) => Assert.IsType<Decision.Refused>(decision).Refusal;

    public static Message UserMessage(long id = 1, long previousId = 0) =>
        new() { Id = id, PreviousId = previousId, Role = MessageRole.User, Parts = [new TextPart("hello")], CreatedAt = Now };

    public static string Text(this Message message) => string.Concat(message.Parts.OfType<TextPart>().Select(part => part.Text));

    public static IEnumerable<string> Texts(this IEnumerable<QueuedMessage> queue) => queue.Select(queued => queued.Content);
}
