namespace DurableChat.Client;

/// <summary>A message of an earlier conversation with which a new chat begins. Immutable.</summary>
/// <param name="Role">Who speaks: <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Parts">
/// The content. A user message has text. A tool message has results. An assistant message has text, reasoning, tool
/// calls, refusals, sources, provider tools and files. Only an assistant message that ends with <c>length</c> or
/// <c>content_filter</c> may be empty.
/// </param>
public sealed record HistoryEntry(string Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>When the message was written (UTC). If null or in the future, the current time is used.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>
    /// For an assistant message, the model that made it. For a user message, the model that was to answer it. Null if
    /// unknown.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>For a user message, the settings of its answer. Null if unknown.</summary>
    public ChatSettings? Settings { get; init; }

    /// <summary>For an assistant message, why it ends, e.g. <c>stop</c>. Null if unknown.</summary>
    public string? FinishReason { get; init; }

    /// <summary>For an assistant message, what it cost. Null if unknown.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>
    /// Converts a message of another chat or server to an entry of a new chat. It drops the message's ids, and members
    /// of known part types that this version does not know, because a server of this version would refuse them.
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
