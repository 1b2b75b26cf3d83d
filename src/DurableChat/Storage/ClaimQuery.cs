namespace DurableChat.Storage;

/// <summary>Which chats a replica wants to take.</summary>
/// <param name="Replica">The replica that asks.</param>
/// <param name="LeaseDuration">How long a lease outlives its holder's heartbeat; the same for all replicas.</param>
/// <param name="Limit">How many chats at most.</param>
public sealed record ClaimQuery(string Replica, TimeSpan LeaseDuration, int Limit)
{
    /// <summary>The last chat of the page before; null for the first page.</summary>
    public ClaimableChat? After { get; init; }

    /// <summary>Owners whose chats are left out, because the replica drives as many of theirs as it may.</summary>
    public IReadOnlyCollection<string> ExceptOwners { get; init; } = [];
}
