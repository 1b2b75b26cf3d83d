using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>What a message does that is sent while a turn runs.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<BusyBehavior>))]
public enum BusyBehavior
{
    /// <summary>It waits in the queue until the turn has ended.</summary>
    Queue,

    /// <summary>It stops the turn, keeps what was answered so far, and runs next.</summary>
    Interrupt,
}
