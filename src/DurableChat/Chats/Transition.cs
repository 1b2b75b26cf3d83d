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

    /// <summary>The version before; 0 if the chat is new.</summary>
    public long ExpectedVersion => Next.Version - 1;

    /// <summary>True if history was rewritten: what readers hold is void.</summary>
    public bool RewritesHistory => RemovedFrom is not null;
}
