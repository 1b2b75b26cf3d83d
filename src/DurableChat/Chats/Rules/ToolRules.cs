namespace DurableChat.Chats;

internal static class ToolRules
{
    public static Decision Submit(Chat chat, SubmitToolResults command, DecisionContext context)
    {
        if (SendRules.RefuseIfArchived(chat) is { } archived)
        {
            return archived;
        }

        if (chat.Status != ChatStatus.RequiresAction)
        {
            return ChatRules.Refuse(RefusalCode.NoActionRequired, "The chat does not wait for tool results.");
        }

        if (CheckResults(chat.PendingToolCalls, command.Results, context.Limits) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.TryAppendToolResults(command.Results);
        if (draft.Next.PendingToolCalls.Count == 0)
        {
            // The turn continues where it was: its steps still count against the limit, and the same model answers.
            var step = draft.Next.Step;
            draft.StartTurn(command.ClaimBy);
            draft.Next = draft.Next with { Step = step, Fallback = chat.Fallback };
        }

        return draft.Accept();
    }

    private static Decision.Refused? CheckResults(IReadOnlyList<ToolCallPart> pending, IReadOnlyList<ToolResultPart> results, ChatLimits limits)
    {
        if (results.Count == 0)
        {
            return ChatRules.Refuse(RefusalCode.InvalidField, "There are no results.", "results");
        }

        var matches = PendingCalls.Match(pending, results);
        for (var i = 0; i < results.Count; i++)
        {
            if (matches[i] < 0)
            {
                return ChatRules.Refuse(RefusalCode.ToolCallNotFound, "No pending tool call has this id, or it is answered twice.", $"results[{i}].call_id");
            }

            if (InputRules.CheckSize(results[i].Result, $"results[{i}].result", limits) is { } tooLarge)
            {
                return tooLarge;
            }
        }

        return null;
    }
}
