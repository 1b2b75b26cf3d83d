namespace DurableChat.Storage;

/// <summary>Which chats a replica wants to claim.</summary>
/// <param name="Replica">The replica.</param>
/// <param name="LeaseDuration">How long a lease outlives its holder's heartbeat. The same for all replicas.</param>
/// <param name="Limit">The maximum number of chats.</param>
public sealed record ClaimQuery(string Replica, TimeSpan LeaseDuration, int Limit)
{
    /// <summary>The last chat of the previous page. Null for the first page.</summary>
    public ClaimableChat? After { get; init; }

    /// <summary>
    /// Replicas whose sessions have closed, see <see cref="IReplicaSessions"/>. Their chats can be claimed once they
    /// have sent no heartbeat for <see cref="SuspectAfter"/> and the replica that asks has sent one in that time.
    /// </summary>
    public IReadOnlyCollection<string> Suspects { get; init; } = [];

    /// <summary>How old the heartbeat of a suspect must be.</summary>
    public TimeSpan SuspectAfter { get; init; } = LeaseDuration;

    /// <summary>
    /// Owners whose chats are excluded, because the replica already drives as many of their chats as it may.
    /// </summary>
    public IReadOnlyCollection<string> ExceptOwners { get; init; } = [];
}
