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

    /// <summary>Results of tool calls of the assistant message before.</summary>
    Tool,

    /// <summary>Somebody of whom only a later version of the program knows. Models are not given such
    /// messages.</summary>
    Unknown,
}
