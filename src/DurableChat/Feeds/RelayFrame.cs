using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// Parts of an answer in flight on their way from the replica that makes it to one that has subscribers: neighbours of
/// one kind joined, with the length of each.
/// </summary>
/// <param name="Version">The chat's version at the sender.</param>
/// <param name="Epoch">The history epoch.</param>
/// <param name="BaseMessageId">The message behind which the answer comes.</param>
/// <param name="Generation">Which generation.</param>
/// <param name="FirstSeq">The number of the first part in here.</param>
/// <param name="Lengths">
/// The length of each part's text, in UTF-16 code units; one entry for a part that has none.
/// </param>
/// <param name="Part">The parts, joined.</param>
public sealed record RelayFrame(long Version, long Epoch, long BaseMessageId, long Generation, long FirstSeq, IReadOnlyList<int> Lengths, MessagePart Part)
{
    /// <summary>
    /// What a running tool says of its progress. Such a frame has one empty part, which a replica of an earlier version
    /// takes for one of an answer that it has.
    /// </summary>
    public RelayedProgress? Progress { get; init; }

    /// <summary>The number of the last part in here.</summary>
    [JsonIgnore]
    public long LastSeq => FirstSeq + Lengths.Count - 1;

    /// <summary>
    /// True if it can be taken apart: JSON may leave out what a constructor demands, or tell lengths that the text does
    /// not have.
    /// </summary>
    [JsonIgnore]
    public bool IsWhole =>
        Version > 0 && Epoch > 0 && BaseMessageId >= 0 && Generation > 0 && FirstSeq > 0 && Lengths is { Count: > 0 } && FirstSeq <= long.MaxValue - Lengths.Count
        && MessagePart.IsWhole(Part)
        && Progress is null or { CallId.Length: > 0, Text: not null }
        && Lengths.All(length => length >= 0)
        && (MessagePart.TextOf(Part) is { } text ? Lengths.Sum(length => (long)length) == text.Length : Lengths.Count == 1);

    /// <summary>Reads a frame whose part only a later version of the program knows; null if it is none.</summary>
    public static RelayFrame? TryReadLater(string json)
    {
        try
        {
            return LaterParts.Replace(json) is { } readable
                && JsonSerializer.Deserialize(readable, RelayJson.Compact.RelayFrame) is { IsWhole: true } frame
                ? frame
                : null;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The parts as they were published.</summary>
    public IEnumerable<MessagePart> Split()
    {
        if (MessagePart.TextOf(Part) is not { } text)
        {
            yield return Part;
            yield break;
        }

        var start = 0;
        foreach (var length in Lengths)
        {
            var piece = text.Substring(start, length);
            start += length;
            yield return MessagePart.WithText(Part, piece);
        }
    }
}

/// <summary>The progress of a tool on its way from the replica that runs it.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Text">What it says.</param>
public sealed record RelayedProgress(string CallId, string Text);

/// <summary>How frames look as JSON.</summary>
[JsonSerializable(typeof(RelayFrame))]
public sealed partial class RelayJson : JsonSerializerContext
{
    /// <summary>The form on the wire: objects in a row, a line each.</summary>
    public static RelayJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
