using System.Text;

namespace DurableChat.Chats;

/// <summary>Rules for user input. Each check returns null if the input is valid.</summary>
internal static class InputRules
{
    private const int MaxClientToolNameLength = 64;

    public static Decision.Refused? CheckContent(string content, ChatLimits limits) =>
        string.IsNullOrWhiteSpace(content) ? ChatRules.Refuse(RefusalCode.InvalidField, "The message is empty.", "content")
        : CheckSize(content, "content", limits);

    public static Decision.Refused? CheckSize(string text, string field, ChatLimits limits) =>
        // A UTF-16 code unit takes at most three bytes of UTF-8, so most texts do not have to be counted.
        (long)text.Length * 3 <= limits.MaxMessageBytes || Encoding.UTF8.GetByteCount(text) <= limits.MaxMessageBytes ? null
        : ChatRules.Refuse(RefusalCode.InvalidField, $"The text is larger than {limits.MaxMessageBytes} bytes.", field);

    public static Decision.Refused? CheckTitle(string title, ChatLimits limits) =>
        string.IsNullOrWhiteSpace(title) ? ChatRules.Refuse(RefusalCode.InvalidField, "The title is empty.", "title")
        : title.Length > limits.MaxTitleLength ? ChatRules.Refuse(RefusalCode.InvalidField, $"The title is longer than {limits.MaxTitleLength} characters.", "title")
        : title.Any(char.IsControl) ? ChatRules.Refuse(RefusalCode.InvalidField, "The title has control characters.", "title")
        : null;

    public static Decision.Refused? CheckClientTools(IReadOnlyList<ClientTool> tools, ChatLimits limits)
    {
        if (tools.Count > limits.MaxClientTools)
        {
            return ChatRules.Refuse(RefusalCode.InvalidField, $"A chat can declare at most {limits.MaxClientTools} client-side tools.", "client_tools");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var total = 0L;
        for (var i = 0; i < tools.Count; i++)
        {
            var tool = tools[i];
            if (!IsToolName(tool.Name))
            {
                return ChatRules.Refuse(RefusalCode.InvalidField, $"A tool's name has 1 to {MaxClientToolNameLength} letters, digits, '_' or '-'.", $"client_tools[{i}].name");
            }

            if (!names.Add(tool.Name))
            {
                return ChatRules.Refuse(RefusalCode.InvalidField, $"Two tools are named '{tool.Name}'.", $"client_tools[{i}].name");
            }

            var bytes = Encoding.UTF8.GetByteCount(tool.Description) + Encoding.UTF8.GetByteCount(tool.Parameters);
            if (bytes > limits.MaxClientToolBytes)
            {
                return ChatRules.Refuse(RefusalCode.InvalidField, $"The tool's description and schema are larger than {limits.MaxClientToolBytes} bytes.", $"client_tools[{i}]");
            }

            total += tool.Name.Length + bytes;
            if (total > limits.MaxClientToolsBytes)
            {
                return ChatRules.Refuse(RefusalCode.InvalidField, $"The client-side tools are larger than {limits.MaxClientToolsBytes} bytes together.", "client_tools");
            }
        }

        return null;
    }

    internal static bool IsToolName(string name) =>
        name.Length is >= 1 and <= MaxClientToolNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
