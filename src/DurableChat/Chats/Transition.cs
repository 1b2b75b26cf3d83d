namespace DurableChat.Chats;

/// <summary>
/// What one command does to one chat: the next state, and what the store has to write so that it holds. Committed as a whole, if
/// the stored version is still <see cref="ExpectedVersion"/>, or not at all.
/// </summary>
public sealed record Transition
{
    /// <summary>The state afterwards.</summary>
    public required Chat Next { get; init; }

    /// <summary>The fencing token the stored lease must still have; null if the command is not a worker's.</summary>
    public long? FencingToken { get; init; }

    /// <summary>For a new chat: how many chats its owner may have, this one included; null for any number. Counted by the store in the commit itself.</summary>
    public int? MaxChatsOfOwner { get; init; }

    /// <summary>Every message with this id or a higher one is removed before anything is appended; null if history is only appended to.</summary>
    public long? RemovedFrom { get; init; }

    /// <summary>Messages to append, in order.</summary>
    public IReadOnlyList<Message> Appended { get; init; } = [];

    /// <summary>Messages to add to the queue. Their place is that in <see cref="Chat.Queue"/> of <see cref="Next"/>.</summary>
    public IReadOnlyList<QueuedMessage> Enqueued { get; init; } = [];

    /// <summary>Ids of queued messages to remove: deleted, or now part of the history.</summary>
    public IReadOnlyList<long> Dequeued { get; init; } = [];

    /// <summary>
    /// True if <see cref="Chat.NextModel"/> or <see cref="Chat.Settings"/> of <see cref="Next"/> are to be written. Few
    /// commits change them.
    /// </summary>
    public bool ChangesSettings { get; init; }

    /// <summary>
    /// What the model call that this commit ends has cost; null if it ends none, or its provider did not say. The store
    /// adds it to the owner's usage in the commit itself, so that it counts as often as the commit happens: once.
    /// </summary>
    public Spending? Spent { get; init; }

    /// <summary>The version before; 0 if the chat is new.</summary>
    public long ExpectedVersion => Next.Version - 1;

    /// <summary>The commit that made the version before; empty if the chat is new, or it is not known.</summary>
    public Guid ExpectedCommitId => Next.Ancestors is [var before, ..] ? before : Guid.Empty;

    /// <summary>True if history was rewritten: what readers hold is void.</summary>
    public bool RewritesHistory => RemovedFrom is not null;

    /// <summary>Gives the commit its id. Rules know no randomness, so this is done right before the commit; all attempts at it carry the same id.</summary>
    /// <param name="commitId">An id that no other commit has.</param>
    public Transition WithCommitId(Guid commitId) => this with { Next = Next with { CommitId = commitId } };

    /// <summary>To be called by a store before it commits.</summary>
    /// <exception cref="ArgumentException">The commit has no id of its own.</exception>
    public void RequireCommitId()
    {
        if (Next.CommitId == Guid.Empty || Next.CommitId == ExpectedCommitId)
        {
            throw new ArgumentException($"The commit has no id of its own: call {nameof(WithCommitId)} first.");
        }
    }

    /// <summary>Makes every reader whose position is of that epoch, or an earlier one, read the history again.</summary>
    /// <param name="epoch">An epoch.</param>
    public Transition WithEpochAbove(long epoch) => Next.Epoch > epoch ? this : this with { Next = Next with { Epoch = epoch + 1 } };
}
