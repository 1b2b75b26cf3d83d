using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>Why an assistant message ends where it ends.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<FinishReason>))]
public enum FinishReason
{
    /// <summary>The model said all it wanted to say.</summary>
    Stop,

    /// <summary>The model, or the server's limit on an answer, cut it off.</summary>
    Length,

    /// <summary>The provider withheld the rest.</summary>
    ContentFilter,

    /// <summary>The model called tools and waits for their results.</summary>
    ToolCalls,

    /// <summary>The turn had used up its steps; calls it still asked for were cancelled.</summary>
    StepLimit,

    /// <summary>The user stopped the turn; the message is what had arrived by then.</summary>
    Interrupted,

    /// <summary>The model call failed for good; the message is what had arrived by then.</summary>
    Failed,

    /// <summary>The server was shut down in mid-answer; the next message of the same turn goes on where this one stops.</summary>
    HandedOver,

    /// <summary>A reason that only a later version of the program knows.</summary>
    Unknown,
}
