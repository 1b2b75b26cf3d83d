namespace DurableChat.Client;

/// <summary>A message that was said elsewhere, for a chat to begin with. Immutable.</summary>
/// <param name="Role">Who speaks: <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Parts">What is said: text of a user; text, reasoning and tool calls of an assistant; results of a tool.</param>
public sealed record HistoryEntry(string Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>When it was said (UTC); null, or a time to come, for now.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Of an assistant: the model that made it; null if it is not known.</summary>
    public string? Model { get; init; }

    /// <summary>Of an assistant: why it ends, e.g. <c>stop</c>; null if it is not known.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Of an assistant: what it cost; null if it is not known.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>What a message of another chat, or of another server, is in a new one. Its ids stay behind.</summary>
    /// <param name="message">The message.</param>
    public static HistoryEntry From(HistoryMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new HistoryEntry(message.Role, message.Parts) { CreatedAt = message.CreatedAt, Model = message.Model, FinishReason = message.FinishReason, Usage = message.Usage };
    }
}
