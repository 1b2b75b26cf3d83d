using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// Who is alive, and which chats nobody drives. A lease lives as long as the one heartbeat row of its replica does, so keeping leases alive costs a
/// write per replica, not per chat. Times are the store's own, so replicas' clocks may differ.
/// Liveness here is a hint: two workers may both believe they may take a chat, and the commit of <see cref="AcquireLease"/> lets one through.
/// Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>.
/// </summary>
public interface ILeaseStore
{
    /// <summary>Says that a replica is alive, from now for as long as the caller's lease lasts, and where other replicas reach it.</summary>
    /// <param name="replica">Which replica.</param>
    /// <param name="address">Its base URL; null if others need not reach it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task HeartbeatAsync(string replica, string? address, CancellationToken cancellationToken);

    /// <summary>Finds where a replica is reached; null if it is gone or has told no address.</summary>
    Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken);

    /// <summary>Says that a replica is gone for good: its leases can be taken at once.</summary>
    Task RetireAsync(string replica, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the replicas that have said they are alive and have not retired, those heard of last first. One that was killed stays in the list and grows older.
    /// </summary>
    Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Finds chats that need a worker and have no lease, or one whose holder's last heartbeat is older than <paramref name="leaseDuration"/>, those
    /// waiting longest first.
    /// </summary>
    Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(TimeSpan leaseDuration, int limit, CancellationToken cancellationToken);
}

/// <summary>A chat that a worker may take.</summary>
/// <param name="Id">Which chat.</param>
/// <param name="HolderToken">The fencing token of the lease whose holder is gone; null if there is no lease.</param>
public sealed record ClaimableChat(ChatId Id, long? HolderToken);

/// <summary>A replica, as its heartbeat row and its leases show it.</summary>
/// <param name="Id">Under which name it holds leases.</param>
/// <param name="Address">Where other replicas reach it; null if it has told no address.</param>
/// <param name="HeartbeatAge">How long ago its last heartbeat was, by the store's clock.</param>
/// <param name="Leases">How many chats it drives, or drove when it was last heard of.</param>
public sealed record ReplicaInfo(string Id, string? Address, TimeSpan HeartbeatAge, int Leases);
