namespace DurableChat.Chats;

/// <summary>
/// The effect of one command on one chat: the next state, and what the store must write. It is committed as a whole if
/// the stored version is still <see cref="ExpectedVersion"/>, or not at all.
/// </summary>
public sealed record Transition
{
    /// <summary>The state after the commit.</summary>
    public required Chat Next { get; init; }

    /// <summary>
    /// The fencing token that the stored lease must still have. Null if the command is not from a worker.
    /// </summary>
    public long? FencingToken { get; init; }

    /// <summary>
    /// For a new chat, how many chats its owner may have, including this one. Null for no limit. The store counts them
    /// in the commit itself.
    /// </summary>
    public int? MaxChatsOfOwner { get; init; }

    /// <summary>
    /// Messages with this id or higher are removed before any are appended. Null if the history is only appended to.
    /// </summary>
    public long? RemovedFrom { get; init; }

    /// <summary>Messages to append, in order.</summary>
    public IReadOnlyList<Message> Appended { get; init; } = [];

    /// <summary>
    /// Messages to add to the queue, at the place that they have in <see cref="Chat.Queue"/> of <see cref="Next"/>.
    /// </summary>
    public IReadOnlyList<QueuedMessage> Enqueued { get; init; } = [];

    /// <summary>Ids of queued messages to remove. They were deleted or are now part of the history.</summary>
    public IReadOnlyList<long> Dequeued { get; init; } = [];

    /// <summary>
    /// True if <see cref="Chat.NextModel"/> or <see cref="Chat.Settings"/> of <see cref="Next"/> must be written. Few
    /// commits change them.
    /// </summary>
    public bool ChangesSettings { get; init; }

    /// <summary>
    /// The cost of the model call that this commit ends. Null if it ends none, or if the provider did not report it.
    /// The store adds it to the owner's usage in the commit itself, so that it counts exactly once.
    /// </summary>
    public Spending? Spent { get; init; }

    /// <summary>The version before this transition. 0 if the chat is new.</summary>
    public long ExpectedVersion => Next.Version - 1;

    /// <summary>
    /// The id of the commit that made the previous version. Empty if the chat is new, or if the id is unknown.
    /// </summary>
    public Guid ExpectedCommitId => Next.Ancestors is [var before, ..] ? before : Guid.Empty;

    /// <summary>True if the history is rewritten, so that what readers have is invalid.</summary>
    public bool RewritesHistory => RemovedFrom is not null;

    /// <summary>
    /// Sets the commit's id. Rules use no randomness, so this happens directly before the commit. All attempts to
    /// commit carry the same id.
    /// </summary>
    /// <param name="commitId">A unique id.</param>
    public Transition WithCommitId(Guid commitId) => this with { Next = Next with { CommitId = commitId } };

    /// <summary>Stores call this before they commit.</summary>
    /// <exception cref="ArgumentException">The commit has no id of its own.</exception>
    public void RequireCommitId()
    {
        if (Next.CommitId == Guid.Empty || Next.CommitId == ExpectedCommitId)
        {
            throw new ArgumentException($"The commit has no id of its own: call {nameof(WithCommitId)} first.");
        }
    }

    /// <summary>Makes readers whose position is in this epoch or an earlier one read the history again.</summary>
    /// <param name="epoch">The epoch.</param>
    public Transition WithEpochAbove(long epoch) => Next.Epoch > epoch ? this : this with { Next = Next with { Epoch = epoch + 1 } };
}
