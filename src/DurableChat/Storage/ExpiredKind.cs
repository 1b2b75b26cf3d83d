namespace DurableChat.Storage;

/// <summary>The kinds of data that expire in a store and are then removed.</summary>
public enum ExpiredKind
{
    /// <summary>Idempotency keys older than <see cref="IdempotencyRecord.Lifetime"/>.</summary>
    IdempotencyKeys,

    /// <summary>Gravestones older than <see cref="Gravestones.Lifetime"/> whose chats have no remaining data.</summary>
    Gravestones,

    /// <summary>
    /// Rows of checkpoints older than <see cref="CheckpointRow.Lifetime"/>, e.g. of replicas of an earlier version,
    /// which do not remove them.
    /// </summary>
    Checkpoints,
}

/// <summary>
/// The gravestone of a deleted chat: its id, which marks the chat as deleted rather than not yet created.
/// </summary>
public static class Gravestones
{
    /// <summary>
    /// How long gravestones are kept: much longer than <see cref="IdempotencyRecord.Lifetime"/>, so that a repeated
    /// request to create a chat that was deleted in the meantime never creates another. Later, an old key may create a
    /// new chat with the same id. Its epoch derives from the time, so a position in the old chat leads to a full
    /// refresh.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
}
