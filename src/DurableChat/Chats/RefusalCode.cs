using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>The kinds of refusal; their snake_case names are stable words of the wire.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RefusalCode>))]
public enum RefusalCode
{
    /// <summary>A field is missing, empty, too large or malformed.</summary>
    InvalidField,

    /// <summary>The model does not let requests choose this setting.</summary>
    SettingNotAllowed,

    /// <summary>The setting's value is not among those that the model allows.</summary>
    SettingOutOfBounds,

    /// <summary>The chat is archived; unarchive it first.</summary>
    ChatArchived,

    /// <summary>The queue holds as many messages as it may.</summary>
    QueueFull,

    /// <summary>The owner has as many chats as they may; archived ones count, deleted ones do not.</summary>
    TooManyChats,

    /// <summary>The history has no such message.</summary>
    MessageNotFound,

    /// <summary>Only user messages can be edited.</summary>
    NotAUserMessage,

    /// <summary>The queue has no such message: it ran, or was deleted.</summary>
    QueuedMessageNotFound,

    /// <summary>There is no turn to stop.</summary>
    NotRunning,

    /// <summary>The chat does not wait for tool results.</summary>
    NoActionRequired,

    /// <summary>No pending tool call has this id.</summary>
    ToolCallNotFound,

    /// <summary>The chat's status does not allow the command.</summary>
    WrongStatus,

    /// <summary>Another replica holds the lease and is alive.</summary>
    LeaseHeld,

    /// <summary>The worker does not hold the lease any more.</summary>
    LeaseLost,

    /// <summary>The worker speaks of a generation that is over.</summary>
    StaleGeneration,

    /// <summary>The owner's open streams and running turns take more than a share of the replica's memory, which is full. Try again later.</summary>
    OwnerMemoryFull,
}
