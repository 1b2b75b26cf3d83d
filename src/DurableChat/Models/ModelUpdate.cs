using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>An update in the stream of a model's answer. Immutable.</summary>
public abstract record ModelUpdate
{
    private protected ModelUpdate()
    {
    }
}

/// <summary>The next part of the answer.</summary>
/// <param name="Part">The part. For text and reasoning, only the new piece.</param>
public sealed record PartUpdate(MessagePart Part) : ModelUpdate;

/// <summary>The token counts for this call so far. A later update replaces an earlier one.</summary>
/// <param name="Usage">The counts.</param>
public sealed record UsageUpdate(TokenUsage Usage) : ModelUpdate
{
    /// <summary>The provider's name for the model that answered. Null if not reported. For metrics only.</summary>
    public string? Model { get; init; }
}

/// <summary>The answer is complete.</summary>
/// <param name="Reason">Why it ends.</param>
/// <param name="Replay">What later requests send back to the provider. Null if the neutral parts are enough.</param>
public sealed record EndUpdate(FinishReason Reason, Replay? Replay = null) : ModelUpdate;
