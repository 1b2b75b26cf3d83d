namespace DurableChat.Chats;

/// <summary>A message that a new chat begins with because it was said elsewhere. Immutable.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">
/// What is said, in order: text of a user; results of a tool; of an assistant text, reasoning, tool calls, refusals,
/// sources, tools of the provider and files. Only an assistant that ends for <see cref="FinishReason.Length"/> or
/// <see cref="FinishReason.ContentFilter"/> may have none.
/// </param>
public sealed record HistoryEntry(MessageRole Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>When it was said; null, or a time to come, for the moment of the creation.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>
    /// For an assistant: the model that made it; for a user: the one that was to answer; null for the chat's.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>For a user: how it was answered; null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>For an assistant: why it ends; null for <see cref="FinishReason.ToolCalls"/> if it calls tools, else <see cref="FinishReason.Stop"/>.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>For an assistant: what it cost; null if nobody knows.</summary>
    public TokenUsage? Usage { get; init; }
}
