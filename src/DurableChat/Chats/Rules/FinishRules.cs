namespace DurableChat.Chats;

internal static class FinishRules
{
    /// <summary>
    /// Allowed while an interruption is pending: the answer was complete before the stop arrived, so nothing is cut
    /// off.
    /// </summary>
    public static Decision FinishTurn(Chat chat, FinishTurn command, DecisionContext context)
    {
        if (LeaseRules.RefuseUnlessCurrent(chat, command) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
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

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
        if (!draft.TryEndToolCalls(CancellationReasons.Interrupted, command.Results, command.NotBegun))
        {
            return StepRules.UnknownCall();
        }

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

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
        if (!draft.TryEndToolCalls(CancellationReasons.Failed, command.Results, command.NotBegun))
        {
            return StepRules.UnknownCall();
        }

        draft.AppendAnswer(LeaseRules.ToKeep(chat, command.Partial));
        draft.Enter(ChatStatus.Error, command.Error);
        return draft.Accept();
    }
}
