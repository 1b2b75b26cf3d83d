using System.Buffers.Text;
using System.Net.Http.Headers;

namespace DurableChat.Chats;

/// <summary>
/// Rules for the history with which a chat begins. It must be one that the chat could have produced itself, so that
/// every model accepts it.
/// </summary>
internal static class HistoryRules
{
    /// <summary>The history is written in one commit, which other commits wait for.</summary>
    private const int MaxEntries = 10_000;

    /// <summary>Null if the history is valid.</summary>
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

        // Calls of the preceding assistant message that have no result yet.
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
        // An answer that was cut off or withheld before its first word is empty. See TransitionDraft.AppendAnswer.
        var mayBeEmpty = entry.Role == MessageRole.Assistant
            && entry.FinishReason is FinishReason.Length or FinishReason.ContentFilter;
        if (entry.Parts.Count == 0 && !mayBeEmpty)
        {
            return ChatRules.Refuse(RefusalCode.InvalidField, "A message has at least one part.", $"{field}.parts");
        }

        if (entry.FinishReason == FinishReason.Unknown)
        {
            return ChatRules.Refuse(RefusalCode.InvalidField,
                "No message that is written here ends for a reason that is unknown.", $"{field}.finish_reason");
        }

        for (var i = 0; i < entry.Parts.Count; i++)
        {
            var name = $"{field}.parts[{i}]";
            if (CheckPart(entry.Role, entry.Parts[i], name, pending, limits) is { } refused)
            {
                return refused;
            }
        }

        return CheckRest(entry, field);
    }

    private static Decision.Refused? CheckRest(HistoryEntry entry, string field) =>
        entry.Role != MessageRole.Assistant && (entry.FinishReason is not null || entry.Usage is not null)
            ? ChatRules.Refuse(
                RefusalCode.InvalidField, "Only messages of the assistant have a finish reason and a usage.", field)
        : entry.Role == MessageRole.Tool && entry.Model is not null
            ? ChatRules.Refuse(RefusalCode.InvalidField, "Results of tools have no model.", $"{field}.model")
        : entry.Role != MessageRole.User && entry.Settings is not null
            ? ChatRules.Refuse(
                RefusalCode.InvalidField, "Only messages of the user have settings.", $"{field}.settings")

        // The model's bounds are checked on use, because an export may come from another server.
        : entry.Settings is { } settings
            && SettingRules.CheckForm(settings, $"{field}.settings").FirstOrDefault() is { } wrong
            ? new Decision.Refused(wrong)
        : null;

    private static Decision.Refused? CheckPart(MessageRole role, MessagePart part, string field, HashSet<string> pending, ChatLimits limits) => (role, part) switch
    {
        _ when !MessagePart.IsWhole(part) => ChatRules.Refuse(RefusalCode.InvalidField, "The part lacks something.", field),
        (MessageRole.User, TextPart text) => InputRules.CheckSize(text.Text, field, limits),
        (MessageRole.Assistant, TextPart or ReasoningPart or RefusalPart) => null,
        (MessageRole.Assistant, SourcePart source) => InputRules.CheckSize(source.Url + source.Title, field, limits),
        (MessageRole.Assistant, ProviderToolPart tool) => InputRules.CheckSize(tool.Name + tool.Input, field, limits),
        (MessageRole.Assistant, FilePart file) => CheckFile(file, field),
        (MessageRole.Assistant, ToolCallPart call) => pending.Add(call.CallId) ? null : ChatRules.Refuse(RefusalCode.InvalidField, "Two calls have the same id.", $"{field}.call_id"),
        (MessageRole.Tool, ToolResultPart result) => pending.Remove(result.CallId)
            ? InputRules.CheckSize(result.Result, field, limits)
            : ChatRules.Refuse(RefusalCode.InvalidField, "The result answers no call of the assistant's message before.", $"{field}.call_id"),
        _ => ChatRules.Refuse(RefusalCode.InvalidField, $"A part of this type does not belong into a message of the role '{role.ToString().ToLowerInvariant()}'.", field),
    };

    /// <summary>Clients turn files into data URLs. The request size limit bounds their size.</summary>
    private static Decision.Refused? CheckFile(FilePart file, string field) =>
        !MediaTypeHeaderValue.TryParse(file.MediaType, out _)
            ? ChatRules.Refuse(RefusalCode.InvalidField, "The media type is not valid.", $"{field}.media_type")
        : file.Data.Length == 0 || !Base64.IsValid(file.Data)
            ? ChatRules.Refuse(RefusalCode.InvalidField, "The data is not valid base64, or empty.", $"{field}.data")
        : null;

    private static Decision.Refused Unanswered(int index, HashSet<string> pending) =>
        ChatRules.Refuse(RefusalCode.InvalidField, $"The tool call '{pending.First()}' has no result in the message after it.", $"history[{index}]");
}
