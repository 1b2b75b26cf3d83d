using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DurableChat.Client;

namespace DurableChat.Server.Clients;

/// <summary>Writes a chat for people. Pure.</summary>
internal static partial class MarkdownExport
{
    public static string Write(ChatExport chat)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Printable.Line(chat.Title)}\n\nModel {chat.Model}, {chat.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, chat `{chat.Id}`\n");
        foreach (var message in chat.Messages)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {NameOf(message)}\n");
            foreach (var part in message.Parts)
            {
                text.Append('\n').Append(Write(part)).Append('\n');
            }

            if (message.FinishReason is { } reason and not ("stop" or "tool_calls"))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n*({Reason(reason)})*\n");
            }
        }

        return text.ToString();
    }

    private static string NameOf(HistoryMessage message) => message.Role switch
    {
        "user" => "You",
        "assistant" => message.Model is null ? "Assistant" : $"Assistant ({message.Model})",
        _ => "Tool",
    };

    private static string Write(MessagePart part) => part switch
    {
        { Type: MessagePart.TextType, Text: { } text } => text.TrimEnd(),
        { Type: MessagePart.ReasoningType, Text: { } reasoning } => "> " + reasoning.TrimEnd().ReplaceLineEndings("\n> "),
        { Type: MessagePart.ToolCallType, Arguments: { } arguments } => $"Calls `{part.Name}`:\n\n{Fenced(arguments)}",
        { Type: MessagePart.ToolResultType, Result: { } result } => $"{(part.IsError ? "Failed" : "Result")}:\n\n{Fenced(result)}",
        _ => string.Empty,
    };

    /// <summary>The fence must be longer than any run of backticks within, or the block would end there.</summary>
    private static string Fenced(string text)
    {
        var fence = new string('`', Math.Max(3, BackticksPattern().Matches(text).Select(match => match.Length + 1).DefaultIfEmpty().Max()));
        return $"{fence}\n{text.TrimEnd()}\n{fence}";
    }

    private static string Reason(string reason) => reason switch
    {
        "length" => "cut off by a limit",
        "content_filter" => "the rest was withheld by the provider",
        "step_limit" => "out of steps",
        "interrupted" => "stopped",
        "handed_over" => "goes on in the next message",
        _ => reason,
    };

    [GeneratedRegex("`+", RegexOptions.CultureInvariant)]
    private static partial Regex BackticksPattern();
}
