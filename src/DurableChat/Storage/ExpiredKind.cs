namespace DurableChat.Storage;

/// <summary>What grows old in a store and is removed then.</summary>
public enum ExpiredKind
{
    /// <summary>Idempotency keys older than <see cref="IdempotencyRecord.Lifetime"/>.</summary>
    IdempotencyKeys,

    /// <summary>Gravestones older than <see cref="Gravestones.Lifetime"/>, of chats of which nothing else is left.</summary>
    Gravestones,
}

/// <summary>What remains of a deleted chat: its id, so that nothing takes it for one that is still to come.</summary>
public static class Gravestones
{
    /// <summary>
    /// How long they are kept: much longer than <see cref="IdempotencyRecord.Lifetime"/>, so that a repeated request to create a chat that was deleted meanwhile never makes another. Afterwards an old
    /// key may make a new chat of the same id. Its epoch begins with the time, so a position in the old chat gives a full refresh.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
}
