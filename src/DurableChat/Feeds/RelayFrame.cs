using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// Parts of an answer in flight, sent from the replica that generates them to one that has subscribers. Neighbours of
/// one kind are joined, with the length of each.
/// </summary>
/// <param name="Version">The chat's version at the sender.</param>
/// <param name="Epoch">The history epoch.</param>
/// <param name="BaseMessageId">The id of the message that the answer follows.</param>
/// <param name="Generation">The generation of the answer.</param>
/// <param name="FirstSeq">The number of the first part in the frame.</param>
/// <param name="Lengths">
/// The length of each part's text, in UTF-16 code units. One entry for a part without text.
/// </param>
/// <param name="Part">The joined parts.</param>
public sealed record RelayFrame(
    long Version,
    long Epoch,
    long BaseMessageId,
    long Generation,
    long FirstSeq,
    IReadOnlyList<int> Lengths,
    MessagePart Part)
{
    /// <summary>
    /// The progress of a running tool. Such a frame has one empty part, which a replica of an earlier version treats as
    /// a part that it already has.
    /// </summary>
    public RelayedProgress? Progress { get; init; }

    /// <summary>
    /// The number of the part before the frame's first, if it is not the one directly below. The worker that made the
    /// frame continues an earlier worker's answer after this part, and later parts of that worker no longer count.
    /// </summary>
    public long? After { get; init; }

    /// <summary>The number of the last part in the frame.</summary>
    [JsonIgnore]
    public long LastSeq => FirstSeq + Lengths.Count - 1;

    /// <summary>
    /// True if the frame can be split. JSON can omit values that a constructor requires, or state lengths that do not
    /// match the text.
    /// </summary>
    [JsonIgnore]
    public bool IsWhole =>
        Version > 0
        && Epoch > 0
        && BaseMessageId >= 0
        && Generation > 0
        && FirstSeq > 0
        && Lengths is { Count: > 0 }
        && FirstSeq <= long.MaxValue - Lengths.Count
        && (After is null || (After >= 0 && After < FirstSeq))
        && MessagePart.IsWhole(Part)
        && Progress is null or { CallId.Length: > 0, Text: not null }
        && Lengths.All(length => length >= 0)
        && (MessagePart.TextOf(Part) is { } text
            ? Lengths.Sum(length => (long)length) == text.Length
            : Lengths.Count == 1);

    /// <summary>
    /// Reads a frame with a part that only a later version of the program knows. Null if the text is not such a frame.
    /// </summary>
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

/// <summary>The progress of a tool, sent from the replica that runs it.</summary>
/// <param name="CallId">The id of the call.</param>
/// <param name="Text">The text.</param>
public sealed record RelayedProgress(string CallId, string Text);

/// <summary>The JSON form of frames.</summary>
[JsonSerializable(typeof(RelayFrame))]
public sealed partial class RelayJson : JsonSerializerContext
{
    /// <summary>The form on the wire: one object per line.</summary>
    public static RelayJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
