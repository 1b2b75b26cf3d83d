using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>Who speaks in a message.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<MessageRole>))]
public enum MessageRole
{
    /// <summary>The owner of the chat.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>Results of tool calls of the preceding assistant message.</summary>
    Tool,

    /// <summary>A role that only a later version of the program knows. Such messages are not sent to models.</summary>
    Unknown,
}
