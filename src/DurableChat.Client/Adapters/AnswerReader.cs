using System.Text.Json;
using Microsoft.Extensions.AI;

namespace DurableChat.Client.Adapters;

/// <summary>
/// Turns the parts of one answer into contents, each exactly once: as they arrive, and the rest when the answer
/// commits. Used by one caller at a time.
/// </summary>
/// <param name="ownTools">The program's tools. Their calls are returned when the turn waits for them.</param>
internal sealed class AnswerReader(IReadOnlySet<string> ownTools)
{
    /// <summary>The code that Microsoft's OpenAI clients also use for a refusal.</summary>
    private const string RefusalCode = "Refusal";

    /// <summary>How much of each kind was returned: characters of text, and parts that arrive whole.</summary>
    private readonly Dictionary<string, int> _said = new(StringComparer.Ordinal);
    private readonly HashSet<string> _saidCalls = new(StringComparer.Ordinal);

    /// <summary>True if nothing has been returned that a reset would retract.</summary>
    public bool IsEmpty => _said.Count == 0;

    /// <summary>Prepares for another answer, or for the same answer again.</summary>
    public void Clear() => _said.Clear();

    /// <summary>
    /// The content for a part of the answer in flight. Null if there is none, or if it is returned later.
    /// </summary>
    public AIContent? Piece(MessagePart part)
    {
        // A program gets a refusal as one content, so wait for all of it.
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

    /// <summary>
    /// The contents of a committed answer that have not been returned yet, in order. A source is an annotation of its
    /// text.
    /// </summary>
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

    /// <summary>Converts a call to a content.</summary>
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

    /// <summary>Shows a damaged file in its raw form, because an exception would lose the surrounding answer.</summary>
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
