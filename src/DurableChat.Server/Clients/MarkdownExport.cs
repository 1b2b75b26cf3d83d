using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DurableChat.Chats;

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

            if (message.FinishReason is { } reason and not (FinishReason.Stop or FinishReason.ToolCalls))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n*({Reason(reason)})*\n");
            }
        }

        return text.ToString();
    }

    private static string NameOf(Message message) => message.Role switch
    {
        MessageRole.User => "You",
        MessageRole.Assistant => message.Model is null ? "Assistant" : $"Assistant ({message.Model})",
        _ => "Tool",
    };

    private static string Write(MessagePart part) => part switch
    {
        TextPart text => text.Text.TrimEnd(),
        ReasoningPart reasoning => "> " + reasoning.Text.TrimEnd().ReplaceLineEndings("\n> "),
        ToolCallPart call => $"Calls `{call.Name}`:\n\n{Fenced(call.Arguments)}",
        ToolResultPart result => $"{(result.IsError ? "Failed" : "Result")}:\n\n{Fenced(result.Result)}",
        _ => string.Empty,
    };

    /// <summary>The fence must be longer than any run of backticks within, or the block would end there.</summary>
    private static string Fenced(string text)
    {
        var fence = new string('`', Math.Max(3, BackticksPattern().Matches(text).Select(match => match.Length + 1).DefaultIfEmpty().Max()));
        return $"{fence}\n{text.TrimEnd()}\n{fence}";
    }

    private static string Reason(FinishReason reason) => reason switch
    {
        FinishReason.Length => "cut off by a limit",
        FinishReason.ContentFilter => "the rest was withheld by the provider",
        FinishReason.StepLimit => "out of steps",
        FinishReason.Interrupted => "stopped",
        FinishReason.HandedOver => "goes on in the next message",
        _ => "failed",
    };

    [GeneratedRegex("`+", RegexOptions.CultureInvariant)]
    private static partial Regex BackticksPattern();
}
