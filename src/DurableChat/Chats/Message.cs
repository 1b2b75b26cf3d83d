using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>A committed entry of a chat's history. Immutable: an edit removes messages and appends new ones.</summary>
public sealed record Message
{
    /// <summary>Its number in the chat: 1, 2, 3, … in the order of commits, never used twice, not even after an edit.</summary>
    public required long Id { get; init; }

    /// <summary>
    /// The id of the message before it in the history, 0 for the first. It is <see cref="Id"/> − 1 except right after the
    /// place where an edit cut the history. Two messages are neighbours only if this link says so: that is how a reader
    /// tells a gap from a cut.
    /// </summary>
    public required long PreviousId { get; init; }

    /// <summary>Who speaks.</summary>
    public required MessageRole Role { get; init; }

    /// <summary>What is said, in order.</summary>
    public required IReadOnlyList<MessagePart> Parts { get; init; }

    /// <summary>The generation that made it; 0 for user and tool messages.</summary>
    public long Generation { get; init; }

    /// <summary>
    /// The model that made it, by its configured name; of a user message the one that was to answer it, null for the
    /// chat's; null for tool messages.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>Why it ends; null for user and tool messages.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>What it cost, if the provider told.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>
    /// Of a user message: how it is answered, whatever becomes of the chat's settings. What it leaves open is the
    /// model's; null for all of it.
    /// </summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// Of a user message that waited in the queue: the number it had there, also after edits. Null for one that was sent
    /// directly, and for one that an older version of the program took out of the queue or edited.
    /// </summary>
    public long? QueuedId { get; init; }

    /// <summary>The answer exactly as its provider sent it, for that provider only; null if the parts are enough. Never sent to clients.</summary>
    [JsonIgnore]
    public Replay? Replay { get; init; }

    /// <summary>
    /// What hooks told the model for the turn that this answer begins, in order. It stays before the turn's question in later requests, so that what the model was given does
    /// not change behind its back. Never sent to clients.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<string> Instructions { get; init; } = [];

    /// <summary>When it was committed (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
