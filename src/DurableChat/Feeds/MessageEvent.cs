using System.Text;
using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>A committed message as an event. It names its predecessor, so that a gap cannot go unnoticed.</summary>
public sealed class MessageEvent : StreamEvent
{
    private readonly Replay? _replay;
    private readonly IReadOnlyList<string> _instructions;
    private readonly int _secretBytes;

    internal MessageEvent(Message message, Position position, ReadOnlySpan<byte> json, long publishedAt)
        : base(StreamEventType.Message, position.ToString(), json, publishedAt)
    {
        MessageId = message.Id;
        PreviousId = message.PreviousId;
        Generation = message.Generation;
        (_replay, _instructions) = (message.Replay, message.Instructions);
        _secretBytes = sizeof(char) * (int)((_replay?.Length ?? 0)
            + _instructions.Sum(instruction => (long)instruction.Length));
    }

    private MessageEvent(MessageEvent same, string position, ReadOnlySpan<byte> json)
        : base(StreamEventType.Message, position, json, publishedAt: 0)
    {
        MessageId = same.MessageId;
        PreviousId = same.PreviousId;
        Generation = same.Generation;
        (_replay, _instructions, _secretBytes) = (same._replay, same._instructions, same._secretBytes);
    }

    /// <summary>The message's id.</summary>
    public long MessageId { get; }

    /// <summary>The id of the preceding message.</summary>
    public long PreviousId { get; }

    /// <summary>The generation that it ends. 0 if it is not an answer.</summary>
    public long Generation { get; }

    /// <inheritdoc/>
    public override int Bytes => base.Bytes + _secretBytes;

    /// <summary>
    /// Reads the message from the bytes, because the window stores nothing twice. Includes what is not sent to clients.
    /// </summary>
    public Message ToMessage()
    {
        var reader = new Utf8JsonReader(Json.Span);
        var message = JsonSerializer.Deserialize(ref reader, WireJson.Relaxed.MessageEnvelope)!.Message;
        return _replay is null && _instructions is []
            ? message
            : message with { Replay = _replay, Instructions = _instructions };
    }

    /// <summary>
    /// The same message in a later epoch, after a rewrite has kept it. Only the position differs. The rest is copied
    /// unchanged.
    /// </summary>
    internal MessageEvent InEpoch(long epoch)
    {
        var position = new Position(epoch, MessageId, Generation, 0).ToString();
        var json = Json.Span;

        // Only the type and the chat's id precede it, and neither contains a quote.
        var name = "\"position\":\""u8;
        var start = json.IndexOf(name) + name.Length;
        var end = start + json[start..].IndexOf((byte)'"');
        var moved = new byte[json.Length - (end - start) + position.Length];
        json[..start].CopyTo(moved);
        Encoding.ASCII.GetBytes(position, moved.AsSpan(start));
        json[end..].CopyTo(moved.AsSpan(start + position.Length));
        return new MessageEvent(this, position, moved);
    }
}
