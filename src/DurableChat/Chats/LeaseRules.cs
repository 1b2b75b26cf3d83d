namespace DurableChat.Chats;

/// <summary>
/// Who may drive a chat.
/// <code>
///              start of a turn with a claim, acquire
///   no lease ───────────────────────────────────────▶ leased (replica, token n)
///      ▲                                                │   │ acquire by another, once the holder's heartbeat has stopped
///      └──── release, end of turn, edit without claim ──┘   └──▶ leased (other replica, token n + 1)
/// </code>
/// A worker that was paused through a takeover still believes in token n. Every command of a worker names its token, and the commit
/// compares it with the stored one, so that it cannot write.
/// </summary>
internal static class LeaseRules
{
    public static Decision Acquire(Chat chat, AcquireLease command, DecisionContext context)
    {
        if (!chat.NeedsWorker)
        {
            return WrongStatus(chat);
        }

        if (chat.Lease is not null && !command.HolderIsGone)
        {
            return ChatRules.Refuse(RefusalCode.LeaseHeld, "Another worker drives the chat.");
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.GrantLease(command.Replica);
        return draft.Accept();
    }

    /// <summary>Not while an interruption is pending: the owner waits for it, and whoever holds the lease can end the turn as well as give it back.</summary>
    public static Decision Release(Chat chat, ReleaseLease command, DecisionContext context)
    {
        if (RefuseUnlessRunning(chat, command) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
        draft.AppendAnswer(ToKeep(chat, command.Partial));

        // A lease given back in good order is no failed attempt, unless tools are left that will run once more.
        draft.Next = draft.Next with { Lease = null, Attempt = chat.PendingToolCalls.Count > 0 ? chat.Attempt : 0, Retry = null };
        return draft.Accept();
    }

    /// <summary>The lease is the worker's, the generation is the current one, and the status is one a worker works in.</summary>
    public static Decision.Refused? RefuseUnlessCurrent(Chat chat, GenerationCommand command) =>
        chat.Lease?.Token != command.Token ? ChatRules.Refuse(RefusalCode.LeaseLost, "The lease is lost.")
        : chat.Generation != command.Generation ? ChatRules.Refuse(RefusalCode.StaleGeneration, "The generation is over.")
        : !chat.NeedsWorker ? WrongStatus(chat)
        : null;

    /// <summary>The same, for commands that an interruption forbids.</summary>
    public static Decision.Refused? RefuseUnlessRunning(Chat chat, GenerationCommand command) =>
        RefuseUnlessCurrent(chat, command) ?? (chat.Status == ChatStatus.Running ? null : WrongStatus(chat));

    /// <summary>
    /// What is kept of a partial answer. No tool calls: they were not run, and the next attempt will ask again if it still wants them. And nothing at all
    /// while calls are pending: then the generation's answer is in the history already, and would stand there twice.
    /// </summary>
    public static Answer? ToKeep(Chat chat, Answer? partial) =>
        partial is null || chat.PendingToolCalls.Count > 0 ? null
        : partial with { Parts = [.. partial.Parts.Where(part => part is not ToolCallPart)] };

    private static Decision.Refused WrongStatus(Chat chat) =>
        ChatRules.Refuse(RefusalCode.WrongStatus, $"The chat is {chat.Status}.");
}
