using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Chats in every state, brought there by the rules themselves.</summary>
internal static class Given
{
    public const string Replica = "replica-a";
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    public static readonly ChatLimits Limits = new() { MaxQueue = 3 };
    public static readonly ToolCallPart Call = new("call-1", "look_up", "{}");
    public static readonly ChatError Error = new("model_unavailable", "The model is away.", Retryable: true);

    public static DecisionContext Context => new(Now, Limits);

    public static Transition New(string? claimBy = Replica, string content = "hello") =>
        Accept(ChatRules.Decide(new CreateChat(ChatId.Create(Now), "owner", content, "demo") { ClaimBy = claimBy }, Context));

    public static Chat Waiting() => Then(New().Next, chat => new FinishTurn(Token(chat), chat.Generation, Say("done")));

    public static Chat Running() => Then(New().Next, _ => new SendMessage("queued"));

    public static Chat Unowned() => New(claimBy: null).Next;

    public static Chat ToolsPending() => Then(New().Next, chat => new CommitStep(Token(chat), chat.Generation) { Answer = SayWithCall() });

    public static Chat Interrupting() => Then(Running(), _ => new Interrupt());

    public static Chat RequiresAction() => Then(New().Next, chat => new EnterRequiresAction(Token(chat), chat.Generation) { Answer = SayWithCall() });

    public static Chat Failed() => Then(New().Next, chat => new FailTurn(Token(chat), chat.Generation, Error));

    public static Chat FailedWithQueue() => Then(Running(), chat => new FailTurn(Token(chat), chat.Generation, Error));

    public static Chat Archived(Chat chat) => Then(chat, _ => new UpdateChat(Archived: true));

    public static Answer Say(string text, FinishReason reason = FinishReason.Stop) => new([new TextPart(text)], reason);

    public static Answer SayWithCall(ToolCallPart? call = null) => new([new TextPart("let me see"), call ?? Call], FinishReason.ToolCalls);

    /// <summary>The lease's token; where there is no lease, one that some worker may still believe in.</summary>
    public static long Token(Chat chat) => chat.Lease?.Token ?? Math.Max(1, chat.LeaseToken);

    public static Chat Then(Chat chat, Func<Chat, ChatCommand> command) => Accept(ChatRules.Decide(chat, command(chat), Context)).Next;

    public static Transition Accept(Decision decision) => Assert.IsType<Decision.Accepted>(decision).Transition;

    public static RefusalCode Refuse(Decision decision) => Assert.IsType<Decision.Refused>(decision).Refusal.Code;

    public static Message UserMessage(long id = 1, long previousId = 0) =>
        new() { Id = id, PreviousId = previousId, Role = MessageRole.User, Parts = [new TextPart("hello")], CreatedAt = Now };
}
