using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>An answer's text, and remarks about it: sources, files, and why it ended. Pure.</summary>
internal static class AnswerRemarks
{
    /// <summary>The text of an answer, including the text of a refusal.</summary>
    public static string WordsOf(HistoryMessage message) => string.Concat(message.Parts
        .Where(part => part.Type is MessagePart.TextType or MessagePart.RefusalType)
        .Select(part => part.Text));

    /// <summary>The remarks for a terminal, one per line.</summary>
    public static IEnumerable<string> Of(HistoryMessage message)
    {
        var sources = message.Parts.Where(part => part.Type == MessagePart.SourceType);
        foreach (var part in sources.DistinctBy(part => part.Url))
        {
            yield return part.Title is { Length: > 0 } title ? $"source: {title}, {part.Url}" : $"source: {part.Url}";
        }

        foreach (var part in message.Parts.Where(part => part.Type == MessagePart.FileType))
        {
            yield return $"a file: {FileOf(part)}; 'durablechat export --format json' has its data";
        }

        foreach (var part in message.Parts.Where(IsUnknown))
        {
            yield return $"a part of the type {UnknownOf(part)}, which is not known here";
        }

        if (EndOf(message) is { } end)
        {
            yield return end;
        }
    }

    /// <summary>The kind and size of a file.</summary>
    public static string FileOf(MessagePart part)
    {
        var bytes = Base64.GetMaxDecodedFromUtf8Length(part.Data?.Length ?? 0);
        return string.Create(CultureInfo.InvariantCulture, $"{part.MediaType}, {bytes / 1024.0:N1} KiB");
    }

    /// <summary>The type of a part that is unknown to this program or to the server.</summary>
    public static string UnknownOf(MessagePart part) =>
        part.More?.TryGetValue("kind", out var kind) == true && kind.ValueKind == JsonValueKind.String
            ? kind.GetString()!
            : part.Type;

    private static bool IsUnknown(MessagePart part) => part.Type
        is not (MessagePart.TextType or MessagePart.ReasoningType or MessagePart.RefusalType or MessagePart.ToolCallType
            or MessagePart.ToolResultType or MessagePart.SourceType or MessagePart.ProviderToolType
            or MessagePart.FileType);

    /// <summary>Why an answer ended; null for a normal end.</summary>
    public static string? EndOf(HistoryMessage message) => message.FinishReason switch
    {
        "interrupted" => "stopped",
        "length" when message.Parts.Count == 0 => "the answer reached its token limit before its first word",
        "unknown" => "the answer ended for a reason that this server does not know",
        "length" => "the answer reached its token limit",
        "content_filter" when message.Parts.Count == 0 => "the provider declined to answer",
        "content_filter" => "the provider withheld the rest of the answer",
        _ when message.Parts.Any(part => part.Type == MessagePart.RefusalType) => "the model declined to answer",
        _ => null,
    };
}
