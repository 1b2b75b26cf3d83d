using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>What happens to a message that is sent while a turn runs.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<BusyBehavior>))]
public enum BusyBehavior
{
    /// <summary>The message waits in the queue until the turn ends.</summary>
    Queue,

    /// <summary>The message stops the turn and runs next. The partial answer is kept.</summary>
    Interrupt,
}
