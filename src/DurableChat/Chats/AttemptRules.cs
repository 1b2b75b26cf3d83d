namespace DurableChat.Chats;

internal static class AttemptRules
{
    public static Decision RecordAttempt(Chat chat, RecordAttempt command, DecisionContext context)
    {
        if (LeaseRules.RefuseUnlessRunning(chat, command) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
        draft.BeginGeneration(chat.Attempt + 1);
        return draft.Accept();
    }

    /// <summary>Nothing to do for a call that the worker's own commit has counted after all, or that was counted already.</summary>
    public static Decision RecordSpending(Chat chat, RecordSpending command, DecisionContext context)
    {
        if (!chat.UncountedGenerations.Contains(command.Generation))
        {
            return new Decision.Unchanged();
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.Settle(command);
        return draft.Accept();
    }

    public static Decision RecordRetry(Chat chat, RecordRetry command, DecisionContext context)
    {
        if (LeaseRules.RefuseUnlessRunning(chat, command) is { } refused)
        {
            return refused;
        }

        // A repetition of a commit that was in doubt and did happen: it would count the attempt's cost twice, and put
        // the next one off.
        if (chat.Retry is not null)
        {
            return ChatRules.Refuse(RefusalCode.StaleGeneration, "The failure is recorded.");
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
        draft.Next = draft.Next with
        {
            Retry = new RetryState(chat.AttemptOfModel, command.MaxAttempts, command.Error, context.Now + command.Delay, command.Delay)
            {
                Model = command.FallbackModel,
            },
            Fallback = command.FallbackModel is { } model ? new Fallback(model, chat.Attempt) : chat.Fallback,
        };
        return draft.Accept();
    }
}
