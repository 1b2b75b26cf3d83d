namespace DurableChat.Chats;

internal static class AttemptRules
{
    public static Decision RecordAttempt(Chat chat, RecordAttempt command, DecisionContext context)
    {
        if (LeaseRules.RefuseUnlessRunning(chat, command) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command.Token);
        draft.BeginGeneration(chat.Attempt + 1);
        return draft.Accept();
    }

    public static Decision RecordRetry(Chat chat, RecordRetry command, DecisionContext context)
    {
        if (LeaseRules.RefuseUnlessRunning(chat, command) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now).FencedBy(command.Token);
        draft.Next = draft.Next with
        {
            Retry = new RetryState(chat.Attempt, command.MaxAttempts, command.Error, context.Now + command.Delay),
        };
        return draft.Accept();
    }
}
