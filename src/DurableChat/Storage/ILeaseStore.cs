using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// Which replicas are alive, which chats each one drives, and which chats nobody drives. A lease lives as long as the one heartbeat row of its replica does, so keeping leases alive costs a
/// write per replica, not per chat. Times are the store's own, so replicas' clocks may differ.
/// <para><b>A hint.</b> Two replicas may both believe that they may take a chat; the commit of <see cref="AcquireLease"/> lets one through.</para>
/// <para><b>Silent or deaf.</b> While the database is away, every replica looks dead to every other. So the store counts since when a replica's heartbeats have been on time, which is when no two
/// of them were further apart than half a lease. A replica whose own heartbeats were not on time for a whole lease cannot call another one dead.</para>
/// Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>.
/// </summary>
public interface ILeaseStore
{
    /// <summary>Records that a replica is alive, and where other replicas reach it.</summary>
    /// <param name="replica">Which replica.</param>
    /// <param name="address">Its base URL; null if others need not reach it.</param>
    /// <param name="leaseDuration">How long its leases outlive its heartbeat; the same for all replicas.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task HeartbeatAsync(string replica, string? address, TimeSpan leaseDuration, CancellationToken cancellationToken);

    /// <summary>Finds the address of a replica; null if it is gone or has no address.</summary>
    Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken);

    /// <summary>Records that a replica has stopped: its leases can be taken at once.</summary>
    Task RetireAsync(string replica, CancellationToken cancellationToken);

    /// <summary>Lists the replicas that have not retired, the one with the newest heartbeat first. One that was killed stays in the list and grows older.</summary>
    Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Lists the chats that need a worker and whose lease a replica holds, all in one snapshot and in no order.</summary>
    Task<IReadOnlyList<HeldLease>> ListLeasesAsync(string replica, CancellationToken cancellationToken);

    /// <summary>
    /// Finds chats that need a worker and that the replica may take, those waiting longest first: those without a lease, those whose holder has retired, and, if the replica's own heartbeats have
    /// been on time for a whole lease, those whose holder's last heartbeat is older than a lease. Never a chat that the replica itself holds.
    /// </summary>
    Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(ClaimQuery query, CancellationToken cancellationToken);
}
