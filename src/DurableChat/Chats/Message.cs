using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// A committed message of a chat's history. Immutable: an edit removes messages and appends new ones.
/// </summary>
public sealed record Message
{
    /// <summary>
    /// The number of the message in its chat: 1, 2, 3, … in commit order. Numbers are never reused, not even after an
    /// edit.
    /// </summary>
    public required long Id { get; init; }

    /// <summary>
    /// The id of the preceding message in the history, or 0 for the first. It is <see cref="Id"/> − 1 except directly
    /// after the place where an edit cut the history. Two messages are neighbours only if this link says so, which lets
    /// a reader distinguish a gap from a cut.
    /// </summary>
    public required long PreviousId { get; init; }

    /// <summary>Who speaks.</summary>
    public required MessageRole Role { get; init; }

    /// <summary>The content, in order.</summary>
    public required IReadOnlyList<MessagePart> Parts { get; init; }

    /// <summary>The generation that made it; 0 for user and tool messages.</summary>
    public long Generation { get; init; }

    /// <summary>
    /// The configured name of the model. For an assistant message, the model that made it. For a user message, the
    /// model that was to answer it, or null for the chat's. Null for tool messages.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>Why the message ends. Null for user and tool messages.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>What the message cost, if the provider reported it.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>
    /// For a user message, the settings of its answer, independent of later changes to the chat's settings. The model's
    /// own settings apply to whatever is null. Null if all of them apply.
    /// </summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// For a user message that was queued, its number in the queue. An edit keeps it. Null for a message that was sent
    /// directly, and for one that an older version of the program took from the queue or edited.
    /// </summary>
    public long? QueuedId { get; init; }

    /// <summary>
    /// The answer exactly as its provider sent it, for use with that provider only. Null if the parts are enough. Never
    /// sent to clients.
    /// </summary>
    [JsonIgnore]
    public Replay? Replay { get; init; }

    /// <summary>
    /// The instructions that hooks gave the model for the turn that this answer begins, in order. Later requests repeat
    /// them before the turn's question, so that the model's earlier input does not change. Never sent to clients.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<string> Instructions { get; init; } = [];

    /// <summary>When the message was committed (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
