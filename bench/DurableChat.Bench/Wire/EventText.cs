using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Bench.Wire;

/// <summary>Makes the texts that are published, and the events of DurableChat that carry them.</summary>
internal static class EventText
{
    /// <summary>How large a message is as JSON on the wire, about: ids grow by a digit now and then.</summary>
    public const int MessageBytes = 993;

    /// <summary>How long the text of a part is.</summary>
    public const int PartChars = 20;

    private static readonly ChatId _chat = ChatId.Parse(new string('a', 32));
    private static readonly int _messageChars =
        MessageBytes - Event(string.Empty, DateTimeOffset.UnixEpoch.AddTicks(10)).Json.Length;

    /// <summary>The text of a message that does not count as published, being there before.</summary>
    public static string Unmarked { get; } = new('y', _messageChars);

    /// <summary>A text with its time in it.</summary>
    public static string Make(EventKind kind, long timestamp) =>
        string.Create(kind == EventKind.Message ? _messageChars : PartChars, timestamp, static (text, time) =>
        {
            text.Fill('x');
            Marker.Write(text, time);
        });

    /// <summary>An event as DurableChat sends it.</summary>
    public static StreamEvent MakeEvent(EventKind kind) => kind == EventKind.Message
        ? Event(Make(kind, 0), DateTimeOffset.UnixEpoch.AddTicks(10))
        : StreamEvents.Part(_chat, new Position(1, 1000, 1000, 1000), 1000, new TextPart(Make(kind, 0)), 0);

    /// <summary>A message with a text.</summary>
    public static Message Message(long id, string text, DateTimeOffset createdAt) =>
        new()
        {
            Id = id,
            PreviousId = id - 1,
            Role = MessageRole.User,
            Parts = [new TextPart(text)],
            CreatedAt = createdAt,
        };

    private static MessageEvent Event(string text, DateTimeOffset createdAt) =>
        StreamEvents.Message(_chat, 1, Message(1000, text, createdAt), 0);
}
