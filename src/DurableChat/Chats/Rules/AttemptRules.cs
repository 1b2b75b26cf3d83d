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

    /// <summary>
    /// Counts the cost once. Leaves the chat unchanged if the worker's own commit or an earlier command has counted it.
    /// </summary>
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

        // A repetition of a commit that was in doubt but did happen. It would count the attempt's cost twice and delay
        // the next one.
        if (chat.Retry is not null)
        {
            return ChatRules.Refuse(RefusalCode.StaleGeneration, "The failure is recorded.");
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
        draft.Next = draft.Next with
        {
            Retry = new RetryState(
                chat.AttemptOfModel, command.MaxAttempts, command.Error, context.Now + command.Delay, command.Delay)
            {
                Model = command.FallbackModel,
            },
            Fallback = command.FallbackModel is { } model
                ? new Fallback(model, chat.Attempt - chat.Handovers)
                : chat.Fallback,
        };
        return draft.Accept();
    }
}
