using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DurableChat.Client;
using DurableChat.Server.Text;

namespace DurableChat.Server.Terminal;

/// <summary>Writes a chat as Markdown. Pure.</summary>
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
                text.Append(CultureInfo.InvariantCulture, $"\n*({Reason(reason, message.Parts.Count == 0)})*\n");
            }
        }

        return Printable.Text(text.ToString().ReplaceLineEndings("\n"));
    }

    private static string NameOf(HistoryMessage message) => message.Role switch
    {
        "user" => "You",
        "assistant" => message.Model is null ? "Assistant" : $"Assistant ({message.Model})",
        "tool" => "Tool",
        _ => $"Unknown ({Printable.Line(message.Role)})",
    };

    private static string Write(MessagePart part) => part switch
    {
        { Type: MessagePart.TextType, Text: { } text } => text.TrimEnd(),
        { Type: MessagePart.ReasoningType, Text: { } reasoning } => "> " + reasoning.TrimEnd().ReplaceLineEndings("\n> "),
        { Type: MessagePart.ToolCallType, Arguments: { } arguments } => $"Calls `{part.Name}`:\n\n{Fenced(arguments)}",
        { Type: MessagePart.ToolResultType, Result: { } result } => $"{(part.IsError ? "Failed" : "Result")}:\n\n{Fenced(result)}",
        { Type: MessagePart.RefusalType, Text: { } refusal } =>
            $"*(The model declined to answer)*\n\n{refusal.TrimEnd()}",
        { Type: MessagePart.SourceType } => $"Source: {Source(part)}",
        { Type: MessagePart.ProviderToolType } => Tool(part),
        { Type: MessagePart.FileType } => $"*(A file: {Printable.Line(AnswerRemarks.FileOf(part))})*",
        {
            Type: MessagePart.TextType or MessagePart.ReasoningType or MessagePart.ToolCallType
                or MessagePart.ToolResultType or MessagePart.RefusalType
        } => string.Empty,
        _ => $"*(A part of the type {Printable.Line(AnswerRemarks.UnknownOf(part))}, which is not known here)*",
    };

    /// <summary>Writes a link. Title and URL come from a foreign page and must not end the link early.</summary>
    private static string Source(MessagePart part)
    {
        var url = Printable.Line(part.Url ?? string.Empty);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            return $"{part.Title} `{url.Replace('`', '\'')}`".TrimStart();
        }

        var text = Printable.Line(part.Title is { Length: > 0 } given ? given : url);
        var title = LinkTextPattern().Replace(text, @"\$0");
        return $"[{title}](<{address.AbsoluteUri}>)";
    }

    private static string Tool(MessagePart part) =>
        part.Input is { Length: > 0 } input
            ? $"The provider ran `{part.Name}`:\n\n{Fenced(input)}"
            : $"The provider ran `{part.Name}`.";

    /// <summary>
    /// The fence must be longer than any run of backticks in the text, which would otherwise end the block.
    /// </summary>
    private static string Fenced(string text)
    {
        var fence = new string('`', Math.Max(3, BackticksPattern().Matches(text).Select(match => match.Length + 1).DefaultIfEmpty().Max()));
        return $"{fence}\n{text.TrimEnd()}\n{fence}";
    }

    private static string Reason(string reason, bool isEmpty) => reason switch
    {
        "length" => "the answer reached its token limit",
        "content_filter" when isEmpty => "the provider declined to answer",
        "content_filter" => "the provider withheld the rest",
        "step_limit" => "out of steps",
        "interrupted" => "stopped",
        "handed_over" => "goes on in the next message",
        _ => reason,
    };

    [GeneratedRegex(@"[\[\]\\<>]", RegexOptions.CultureInvariant)]
    private static partial Regex LinkTextPattern();

    [GeneratedRegex("`+", RegexOptions.CultureInvariant)]
    private static partial Regex BackticksPattern();
}
