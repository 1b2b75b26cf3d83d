namespace DurableChat.Chats;

internal static class StepRules
{
    public static Decision CommitStep(Chat chat, CommitStep command, DecisionContext context)
    {
        if ((LeaseRules.RefuseUnlessRunning(chat, command) ?? RefuseAnswerBeforeResults(chat, command.Answer)) is { } refused)
        {
            return refused;
        }

        if (Record(chat, command, command.Answer, command.Results, context) is not { } draft)
        {
            return UnknownCall();
        }

        if (draft.Next.PendingToolCalls.Count == 0)
        {
            draft.Next = draft.Next with { Step = chat.Step + 1 };
            draft.BeginGeneration(attempt: 1);
        }

        return draft.Accept();
    }

    public static Decision EnterRequiresAction(Chat chat, EnterRequiresAction command, DecisionContext context)
    {
        if ((LeaseRules.RefuseUnlessRunning(chat, command) ?? RefuseAnswerBeforeResults(chat, command.Answer)) is { } refused)
        {
            return refused;
        }

        if (Record(chat, command, command.Answer, command.Results, context) is not { } draft)
        {
            return UnknownCall();
        }

        if (draft.Next.PendingToolCalls.Count == 0)
        {
            return ChatRules.Refuse(RefusalCode.NoActionRequired, "No tool call is left to wait for.");
        }

        draft.Next = draft.Next with { Status = ChatStatus.RequiresAction, Step = chat.Step + 1, Attempt = 0, Retry = null, Lease = null };
        return draft.Accept();
    }

    /// <summary>A message between a call and its result would make the history invalid for the model.</summary>
    private static Decision.Refused? RefuseAnswerBeforeResults(Chat chat, Answer? answer) =>
        answer is not null && chat.PendingToolCalls.Count > 0
            ? ChatRules.Refuse(RefusalCode.WrongStatus, "Tool calls are pending: their results come before the next answer.")
            : null;

    /// <summary>
    /// Appends the message and the results. Null if a result belongs to no pending call, or if a call is answered
    /// twice.
    /// </summary>
    private static TransitionDraft? Record(Chat chat, GenerationCommand command, Answer? answer, IReadOnlyList<ToolResultPart> results, DecisionContext context)
    {
        var draft = new TransitionDraft(chat, context.Now).FencedBy(command);
        draft.AppendAnswer(answer);
        return draft.TryAppendToolResults(results) ? draft : null;
    }

    public static Decision.Refused UnknownCall() =>
        ChatRules.Refuse(RefusalCode.ToolCallNotFound, "A result belongs to no pending tool call.");
}
