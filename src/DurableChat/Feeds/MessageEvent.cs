using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>A committed message as an event. It knows its neighbours, so that a gap cannot pass unseen.</summary>
public sealed class MessageEvent : StreamEvent
{
    internal MessageEvent(Message message, Position position, ReadOnlySpan<byte> json, long publishedAt)
        : base(StreamEventType.Message, position.ToString(), json, publishedAt)
    {
        MessageId = message.Id;
        PreviousId = message.PreviousId;
        Generation = message.Generation;
    }

    /// <summary>The message's id.</summary>
    public long MessageId { get; }

    /// <summary>The id of the message before it.</summary>
    public long PreviousId { get; }

    /// <summary>The generation it ends; 0 if it is no answer.</summary>
    public long Generation { get; }

    /// <summary>The message again, read from the bytes: the window holds nothing twice.</summary>
    public Message ToMessage()
    {
        var reader = new Utf8JsonReader(Json.Span);
        return JsonSerializer.Deserialize(ref reader, WireJson.Relaxed.MessageEnvelope)!.Message;
    }
}
