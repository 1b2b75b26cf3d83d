using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>Why an assistant message ends.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<FinishReason>))]
public enum FinishReason
{
    /// <summary>The model finished its answer.</summary>
    Stop,

    /// <summary>The model or the server's limit on an answer cut it off.</summary>
    Length,

    /// <summary>The provider withheld the rest of the answer.</summary>
    ContentFilter,

    /// <summary>The model called tools and waits for their results.</summary>
    ToolCalls,

    /// <summary>The turn reached its step limit. Further tool calls were cancelled.</summary>
    StepLimit,

    /// <summary>The user stopped the turn. The message holds what had arrived by then.</summary>
    Interrupted,

    /// <summary>The model call failed permanently. The message holds what had arrived by then.</summary>
    Failed,

    /// <summary>
    /// The server shut down during the answer. The next message of the same turn continues where this one ends.
    /// </summary>
    HandedOver,

    /// <summary>A reason that only a later version of the program knows.</summary>
    Unknown,
}
