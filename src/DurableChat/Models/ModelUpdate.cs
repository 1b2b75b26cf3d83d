using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>A piece of what a model sends. Immutable.</summary>
public abstract record ModelUpdate
{
    private protected ModelUpdate()
    {
    }
}

/// <summary>The next part of the answer.</summary>
/// <param name="Part">The part; of text and reasoning the piece that is new.</param>
public sealed record PartUpdate(MessagePart Part) : ModelUpdate;

/// <summary>What the provider counted so far for this call. A later one replaces it.</summary>
/// <param name="Usage">The counts.</param>
public sealed record UsageUpdate(TokenUsage Usage) : ModelUpdate
{
    /// <summary>The model that answered, by the provider's name; null if it did not say. For metrics only.</summary>
    public string? Model { get; init; }
}

/// <summary>The answer is whole.</summary>
/// <param name="Reason">Why it ends.</param>
/// <param name="Replay">What goes back to the provider in later requests; null if the neutral parts are enough.</param>
public sealed record EndUpdate(FinishReason Reason, Replay? Replay = null) : ModelUpdate;
