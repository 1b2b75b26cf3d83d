namespace DurableChat.Chats;

/// <summary>
/// Who may drive a chat.
/// <code>
///              start of a turn with a claim, acquire
///   no lease ───────────────────────────────────────▶ leased (replica, token n)
///      ▲                                                │ │ │ acquire by another, once the holder is gone
///      │                                                │ │ └──▶ leased (other replica, token n + 1)
///      └──── release, end of turn, edit without claim ──┘ │             ▲ acquire
///                       release that keeps the generation └──▶ handed over (no replica, token n + 1)
/// </code>
/// A worker that was paused during a takeover still holds token n. Every command of a worker names its token, and the
/// commit compares it with the stored token, so the paused worker cannot write.
/// </summary>
internal static class LeaseRules
{
    public static Decision Acquire(Chat chat, AcquireLease command, DecisionContext context)
    {
        if (!chat.NeedsWorker)
        {
            return WrongStatus(chat);
        }

        if (chat.Lease is { IsHandedOver: false } && !command.HolderIsGone)
        {
            return ChatRules.Refuse(RefusalCode.LeaseHeld, "Another worker drives the chat.");
        }

        // An answer that was in flight goes on as the same generation: clients keep what they have of it.
        var draft = new TransitionDraft(chat, context.Now);
        if (chat.IsAnswerInFlight)
        {
            draft.ContinueLease(command.Replica);
        }
        else
        {
            draft.GrantLease(command.Replica);
        }

        return draft.Accept();
    }

    /// <summary>
    /// Not allowed while an interruption is pending: the owner waits for it, and the lease holder can end the turn as
    /// easily as it can release the lease.
    /// </summary>
    public static Decision Release(Chat chat, ReleaseLease command, DecisionContext context)
    {
        if (RefuseUnlessRunning(chat, command) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
        if (command.KeepsGeneration && chat.IsAnswerInFlight)
        {
            draft.HandOver();
            return draft.Accept();
        }

        draft.AppendAnswer(ToKeep(chat, command.Partial));

        // A regular release is not a failed attempt, unless tool calls remain that will run again.
        draft.Next = draft.Next with
        {
            Lease = null,
            Attempt = chat.PendingToolCalls.Count > 0 ? chat.Attempt : 0,
            Handovers = chat.PendingToolCalls.Count > 0 ? chat.Handovers : 0,
            Retry = null,
        };
        return draft.Accept();
    }

    /// <summary>
    /// Refuses unless the worker holds the lease, the generation is current, and the status is one in which a worker
    /// works.
    /// </summary>
    public static Decision.Refused? RefuseUnlessCurrent(Chat chat, GenerationCommand command) =>
        chat.Lease?.Token != command.Token ? ChatRules.Refuse(RefusalCode.LeaseLost, "The lease is lost.")
        : chat.Generation != command.Generation
            ? ChatRules.Refuse(RefusalCode.StaleGeneration, "The generation is over.")
        : !chat.NeedsWorker ? WrongStatus(chat)
        : null;

    /// <summary>Like RefuseUnlessCurrent, for commands that are not allowed during an interruption.</summary>
    public static Decision.Refused? RefuseUnlessRunning(Chat chat, GenerationCommand command) =>
        RefuseUnlessCurrent(chat, command) ?? (chat.Status == ChatStatus.Running ? null : WrongStatus(chat));

    /// <summary>
    /// The part of a partial answer that is kept. Tool calls are dropped: they did not run, and the next attempt makes
    /// them again if it still wants them. While calls are pending nothing is kept, because the generation's answer is
    /// already in the history and would appear twice.
    /// </summary>
    public static Answer? ToKeep(Chat chat, Answer? partial) =>
        partial is null || chat.PendingToolCalls.Count > 0 ? null
        : partial with { Parts = [.. partial.Parts.Where(part => part is not ToolCallPart)] };

    private static Decision.Refused WrongStatus(Chat chat) =>
        ChatRules.Refuse(RefusalCode.WrongStatus, $"The chat is {chat.Status}.");
}
