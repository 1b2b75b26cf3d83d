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
        draft.AppendToolResults(command.Results);
        if (draft.Next.PendingToolCalls.Count == 0)
        {
            // The turn goes on where it was: its steps still count against the limit.
            var step = draft.Next.Step;
            draft.StartTurn(command.ClaimBy);
            draft.Next = draft.Next with { Step = step };
        }

        return draft.Accept();
    }

    private static Decision.Refused? CheckResults(IReadOnlyList<ToolCallPart> pending, IReadOnlyList<ToolResultPart> results, ChatLimits limits)
    {
        if (results.Count == 0)
        {
            return ChatRules.Refuse(RefusalCode.InvalidField, "There are no results.", "results");
        }

        var open = pending.Select(call => call.CallId).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < results.Count; i++)
        {
            if (!open.Remove(results[i].CallId))
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
