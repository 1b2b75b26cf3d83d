namespace DurableChat.Chats;

/// <summary>What a history may be that a chat begins with: one that the chat could have come to have by itself, so that every model takes it.</summary>
internal static class HistoryRules
{
    /// <summary>It is written in one commit, which others wait for.</summary>
    private const int MaxEntries = 10_000;

    /// <summary>Null if all is well.</summary>
    public static Decision.Refused? Check(IReadOnlyList<HistoryEntry> history, ChatLimits limits)
    {
        if (history.Count > MaxEntries)
        {
            return ChatRules.Refuse(RefusalCode.InvalidField, $"A history has at most {MaxEntries} messages.", "history");
        }

        if (history is [{ Role: not MessageRole.User }, ..])
        {
            return ChatRules.Refuse(RefusalCode.InvalidField, "A history begins with a message of the user.", "history[0].role");
        }

        // Calls of the assistant's message before that have no result yet.
        var pending = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i].Role != MessageRole.Tool && pending.Count > 0)
            {
                return Unanswered(i - 1, pending);
            }

            if (CheckEntry(history[i], $"history[{i}]", pending, limits) is { } refused)
            {
                return refused;
            }
        }

        return pending.Count > 0 ? Unanswered(history.Count - 1, pending) : null;
    }

    private static Decision.Refused? CheckEntry(HistoryEntry entry, string field, HashSet<string> pending, ChatLimits limits)
    {
        if (entry.Parts.Count == 0)
        {
            return ChatRules.Refuse(RefusalCode.InvalidField, "A message has at least one part.", $"{field}.parts");
        }

        for (var i = 0; i < entry.Parts.Count; i++)
        {
            var name = $"{field}.parts[{i}]";
            if (CheckPart(entry.Role, entry.Parts[i], name, pending, limits) is { } refused)
            {
                return refused;
            }
        }

        return entry.Role != MessageRole.Assistant && (entry.Model is not null || entry.FinishReason is not null || entry.Usage is not null)
            ? ChatRules.Refuse(RefusalCode.InvalidField, "Only messages of the assistant have a model, a finish reason and a usage.", field)
            : null;
    }

    private static Decision.Refused? CheckPart(MessageRole role, MessagePart part, string field, HashSet<string> pending, ChatLimits limits) => (role, part) switch
    {
        _ when !MessagePart.IsWhole(part) => ChatRules.Refuse(RefusalCode.InvalidField, "The part lacks something.", field),
        (MessageRole.User, TextPart text) => InputRules.CheckSize(text.Text, field, limits),
        (MessageRole.Assistant, TextPart or ReasoningPart) => null,
        (MessageRole.Assistant, ToolCallPart call) => pending.Add(call.CallId) ? null : ChatRules.Refuse(RefusalCode.InvalidField, "Two calls have the same id.", $"{field}.call_id"),
        (MessageRole.Tool, ToolResultPart result) => pending.Remove(result.CallId)
            ? InputRules.CheckSize(result.Result, field, limits)
            : ChatRules.Refuse(RefusalCode.InvalidField, "The result answers no call of the assistant's message before.", $"{field}.call_id"),
        _ => ChatRules.Refuse(RefusalCode.InvalidField, $"A part of this type does not belong into a message of the role '{role.ToString().ToLowerInvariant()}'.", field),
    };

    private static Decision.Refused Unanswered(int index, HashSet<string> pending) =>
        ChatRules.Refuse(RefusalCode.InvalidField, $"The tool call '{pending.First()}' has no result in the message after it.", $"history[{index}]");
}
