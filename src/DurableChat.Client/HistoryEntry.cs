namespace DurableChat.Client;

/// <summary>A message that was said elsewhere, for a chat to begin with. Immutable.</summary>
/// <param name="Role">Who speaks: <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Parts">
/// What is said: text of a user; results of a tool; of an assistant text, reasoning, tool calls, refusals, sources,
/// tools of the provider and files. Only an assistant that ends for <c>length</c> or <c>content_filter</c> may have
/// none.
/// </param>
public sealed record HistoryEntry(string Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>When it was said (UTC); null, or a time to come, for now.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>
    /// Of an assistant: the model that made it; of a user: the one that was to answer; null if it is not known.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>Of a user: how it was answered; null if it is not known.</summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>Of an assistant: why it ends, e.g. <c>stop</c>; null if it is not known.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Of an assistant: what it cost; null if it is not known.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>
    /// What a message of another chat, or of another server, is in a new one. Its ids stay behind, and so does what
    /// this version does not know in a part of a known type: a server of this version would refuse it.
    /// </summary>
    /// <param name="message">The message.</param>
    public static HistoryEntry From(HistoryMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var parts = message.Parts.Select(part => part.IsKnown ? part with { More = null } : part);
        return new HistoryEntry(message.Role, [.. parts])
        {
            CreatedAt = message.CreatedAt,
            Model = message.Model,
            Settings = message.Settings,
            FinishReason = message.FinishReason,
            Usage = message.Usage,
        };
    }
}
