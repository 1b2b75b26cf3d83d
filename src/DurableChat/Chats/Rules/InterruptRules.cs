namespace DurableChat.Chats;

internal static class InterruptRules
{
    public static Decision Interrupt(Chat chat, Interrupt command, DecisionContext context)
    {
        if (chat.Status == ChatStatus.Interrupting)
        {
            return new Decision.Unchanged();
        }

        if (chat.Status is not (ChatStatus.Running or ChatStatus.RequiresAction))
        {
            return ChatRules.Refuse(RefusalCode.NotRunning, "There is no turn to stop.");
        }

        var draft = new TransitionDraft(chat, context.Now);
        Stop(draft, command.ClaimBy);
        return draft.Accept();
    }

    /// <summary>
    /// Asks the lease holder to stop. Without a lease holder there is no partial answer to wait for, so the turn ends
    /// immediately.
    /// </summary>
    public static void Stop(TransitionDraft draft, string? claimBy)
    {
        if (draft.Next.Lease is not null)
        {
            draft.Next = draft.Next with { Status = ChatStatus.Interrupting };
            return;
        }

        draft.CancelPendingToolCalls(CancellationReasons.Interrupted);
        draft.EndTurn(claimBy);
    }
}
