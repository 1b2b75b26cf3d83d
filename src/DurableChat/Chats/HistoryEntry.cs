namespace DurableChat.Chats;

/// <summary>A message that a new chat begins with because it was said elsewhere. Immutable.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">What is said, in order: text of a user; text, reasoning and tool calls of an assistant; results of a tool.</param>
public sealed record HistoryEntry(MessageRole Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>When it was said; null, or a time to come, for the moment of the creation.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>For an assistant: the model that made it; null for the chat's.</summary>
    public string? Model { get; init; }

    /// <summary>For an assistant: why it ends; null for <see cref="FinishReason.ToolCalls"/> if it calls tools, else <see cref="FinishReason.Stop"/>.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>For an assistant: what it cost; null if nobody knows.</summary>
    public TokenUsage? Usage { get; init; }
}
