namespace DurableChat.Chats;

internal static class FinishRules
{
    /// <summary>Also while an interruption is pending: the answer was complete before the stop came, so nothing is cut off.</summary>
    public static Decision FinishTurn(Chat chat, FinishTurn command, DecisionContext context)
    {
        if (LeaseRules.RefuseUnlessCurrent(chat, command) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command.Token);
        draft.CancelPendingToolCalls(CancellationReasons.TurnEnded);
        draft.AppendAnswer(command.Answer);
        draft.EndTurn();
        return draft.Accept();
    }

    public static Decision FinishInterruption(Chat chat, FinishInterruption command, DecisionContext context)
    {
        if (LeaseRules.RefuseUnlessCurrent(chat, command) is { } refused)
        {
            return refused;
        }

        if (chat.Status != ChatStatus.Interrupting)
        {
            return ChatRules.Refuse(RefusalCode.WrongStatus, "Nobody asked for an interruption.");
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command.Token);
        draft.CancelPendingToolCalls(CancellationReasons.Interrupted);
        draft.AppendAnswer(LeaseRules.ToKeep(chat, command.Partial));
        draft.EndTurn();
        return draft.Accept();
    }

    public static Decision Fail(Chat chat, FailTurn command, DecisionContext context)
    {
        if (LeaseRules.RefuseUnlessRunning(chat, command) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command.Token);
        draft.CancelPendingToolCalls(CancellationReasons.Failed);
        draft.AppendAnswer(LeaseRules.ToKeep(chat, command.Partial));
        draft.Next = draft.Next with
        {
            Status = ChatStatus.Error,
            Error = command.Error,
            Retry = null,
            Step = 0,
            Attempt = 0,
            Lease = null,
        };
        return draft.Accept();
    }
}
