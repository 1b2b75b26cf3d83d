namespace DurableChat.Chats;

/// <summary>
/// The state of a chat at one <see cref="Version"/>, without its history. Immutable; <see cref="ChatRules"/> makes the next one.
/// </summary>
public sealed record Chat
{
    /// <summary>Which chat.</summary>
    public required ChatId Id { get; init; }

    /// <summary>Whose chat. It never changes.</summary>
    public required string Owner { get; init; }

    /// <summary>A name for people.</summary>
    public required string Title { get; init; }

    /// <summary>The configured name of the model that answers.</summary>
    public required string Model { get; init; }

    /// <summary>Where the chat stands.</summary>
    public required ChatStatus Status { get; init; }

    /// <summary>True if the owner has put it away. A running turn ends as usual; nothing new can be sent.</summary>
    public bool Archived { get; init; }

    /// <summary>Rises by one with every committed transition, from 1: the compare-and-swap token.</summary>
    public required long Version { get; init; }

    /// <summary>Rises by one when history is rewritten, from 1. An append does not change it.</summary>
    public required long Epoch { get; init; }

    /// <summary>The id of the newest message of the history (the head); 0 if there is none.</summary>
    public long LastMessageId { get; init; }

    /// <summary>The highest message id ever given. Above <see cref="LastMessageId"/> only inside the transition that edits.</summary>
    public long LastAssignedId { get; init; }

    /// <summary>The number of the current or latest generation; 0 before the first. It never falls.</summary>
    public long Generation { get; init; }

    /// <summary>How often the current model call was begun, crashes and retries included; 0 if no worker has begun it.</summary>
    public int Attempt { get; init; }

    /// <summary>How many model calls of the current turn have committed.</summary>
    public int Step { get; init; }

    /// <summary>Set while a failed attempt waits to be repeated.</summary>
    public RetryState? Retry { get; init; }

    /// <summary>Set while the status is <see cref="ChatStatus.Error"/>.</summary>
    public ChatError? Error { get; init; }

    /// <summary>Tool calls of the history that have no result yet, in the order of the calls.</summary>
    public IReadOnlyList<ToolCallPart> PendingToolCalls { get; init; } = [];

    /// <summary>The queue, its head first.</summary>
    public IReadOnlyList<QueuedMessage> Queue { get; init; } = [];

    /// <summary>The highest id ever given to a queued message.</summary>
    public long LastQueuedId { get; init; }

    /// <summary>The tools that run in the client. Set when the chat is created.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];

    /// <summary>Who drives the chat; null if nobody does.</summary>
    public Lease? Lease { get; init; }

    /// <summary>The highest fencing token ever given.</summary>
    public long LeaseToken { get; init; }

    /// <summary>When it was created (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last transition was committed (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>True if a worker has something to do: a turn to run, or an interruption to finish.</summary>
    public bool NeedsWorker => Status is ChatStatus.Running or ChatStatus.Interrupting;
}
