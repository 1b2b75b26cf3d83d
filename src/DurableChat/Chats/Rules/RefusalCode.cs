using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>The kinds of refusal. Their snake_case names are stable codes on the wire.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RefusalCode>))]
public enum RefusalCode
{
    /// <summary>A field is missing, empty, too large or malformed.</summary>
    InvalidField,

    /// <summary>The model does not let requests set this.</summary>
    SettingNotAllowed,

    /// <summary>The setting's value is not one that the model allows.</summary>
    SettingOutOfBounds,

    /// <summary>The chat is archived; unarchive it first.</summary>
    ChatArchived,

    /// <summary>The queue is full.</summary>
    QueueFull,

    /// <summary>The owner has reached the limit on chats. Archived chats count, deleted chats do not.</summary>
    TooManyChats,

    /// <summary>The history has no message with this id.</summary>
    MessageNotFound,

    /// <summary>Only user messages can be edited.</summary>
    NotAUserMessage,

    /// <summary>The queue has no message with this id. It has run or was deleted.</summary>
    QueuedMessageNotFound,

    /// <summary>There is no turn to stop.</summary>
    NotRunning,

    /// <summary>The chat is not waiting for tool results.</summary>
    NoActionRequired,

    /// <summary>No pending tool call has this id.</summary>
    ToolCallNotFound,

    /// <summary>The chat's status does not allow the command.</summary>
    WrongStatus,

    /// <summary>Another replica holds the lease and is alive.</summary>
    LeaseHeld,

    /// <summary>The worker no longer holds the lease.</summary>
    LeaseLost,

    /// <summary>The worker's generation is no longer current.</summary>
    StaleGeneration,

    /// <summary>
    /// The replica's memory is full, and the owner's open streams and running turns use more than their share. Try
    /// again later.
    /// </summary>
    OwnerMemoryFull,
}
