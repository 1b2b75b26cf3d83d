using System.Text.Json;
using Microsoft.Extensions.AI;

namespace DurableChat.Client.Adapters;

/// <summary>
/// Turns the parts of one answer into contents, each once: as they are made, and when the answer commits what is still
/// lacking. For one caller.
/// </summary>
/// <param name="ownTools">The program's tools. Their calls come when the turn waits for them.</param>
internal sealed class AnswerReader(IReadOnlySet<string> ownTools)
{
    /// <summary>The code by which Microsoft's clients of OpenAI mark a refusal, too.</summary>
    private const string RefusalCode = "Refusal";

    /// <summary>How much has been said of each kind: characters of text, and pieces of what comes whole.</summary>
    private readonly Dictionary<string, int> _said = new(StringComparer.Ordinal);
    private readonly HashSet<string> _saidCalls = new(StringComparer.Ordinal);

    /// <summary>True if nothing has been said that a reset would take back.</summary>
    public bool IsEmpty => _said.Count == 0;

    /// <summary>Begins another answer, or the same once more.</summary>
    public void Clear() => _said.Clear();

    /// <summary>What a part of the answer in flight says; null if it is nothing, or comes later.</summary>
    public AIContent? Piece(MessagePart part)
    {
        // A program sees a refusal as one content, so it waits for the whole of it.
        if (part.Type == MessagePart.RefusalType || ToContent(part) is not { } content)
        {
            return null;
        }

        if (part.Type != MessagePart.ToolCallType)
        {
            _said[part.Type] = Said(part.Type) + LengthOf(part);
        }

        return content;
    }

    /// <summary>What of a committed answer is not said yet, in order. A source is an annotation of its text.</summary>
    public List<AIContent> Rest(IReadOnlyList<MessagePart> parts)
    {
        var contents = new List<AIContent>();
        var passed = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            var begin = passed.GetValueOrDefault(part.Type);
            passed[part.Type] = begin + LengthOf(part);
            var known = Math.Clamp(Said(part.Type) - begin, 0, LengthOf(part));
            if (known == LengthOf(part))
            {
                continue;
            }

            if (part.Type == MessagePart.SourceType && contents.LastOrDefault() is TextContent text)
            {
                (text.Annotations ??= []).Add(ToCitation(part));
            }
            else if (ToContent(part.Text is { } whole ? part with { Text = whole[known..] } : part) is { } content)
            {
                contents.Add(content);
            }
        }

        return contents;
    }

    /// <summary>A call as a content.</summary>
    public static FunctionCallContent ToCall(string callId, string name, string arguments, bool isOwn) =>
        new(callId, name, JsonSerializer.Deserialize(arguments, Calls.ClientJson.Default.DictionaryStringObject))
        {
            InformationalOnly = !isOwn,
        };

    private int Said(string type) => _said.GetValueOrDefault(type);

    private static int LengthOf(MessagePart part) => part.Text?.Length ?? 1;

    private AIContent? ToContent(MessagePart part) => part switch
    {
        { Type: MessagePart.TextType } => new TextContent(part.Text),
        { Type: MessagePart.ReasoningType } => new TextReasoningContent(part.Text),
        { Type: MessagePart.RefusalType } => new ErrorContent(part.Text) { ErrorCode = RefusalCode },
        { Type: MessagePart.SourceType } => new TextContent(string.Empty) { Annotations = [ToCitation(part)] },
        { Type: MessagePart.FileType } => ToData(part),
        { Type: MessagePart.ToolCallType, CallId: { } id, Name: { } name, Arguments: { } arguments } =>
            !ownTools.Contains(name) && _saidCalls.Add(id) ? ToCall(id, name, arguments, isOwn: false) : null,
        _ => new AIContent { RawRepresentation = part },
    };

    private static CitationAnnotation ToCitation(MessagePart part) => new()
    {
        Url = Uri.TryCreate(part.Url, UriKind.Absolute, out var url) ? url : null,
        Title = part.Title,
        RawRepresentation = part,
    };

    /// <summary>A file that is not whole is shown as what it is, or the answer around it would be lost.</summary>
    private static AIContent ToData(MessagePart part)
    {
        try
        {
            var data = Convert.FromBase64String(part.Data ?? string.Empty);
            return new DataContent(data, part.MediaType ?? "application/octet-stream") { RawRepresentation = part };
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return new AIContent { RawRepresentation = part };
        }
    }
}
