using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// Records which replicas are alive, which chats each one drives, and which chats need a worker. All leases of a
/// replica live as long as its single heartbeat row, so keeping them alive costs one write per replica, not per chat.
/// Times are the store's own, so the replicas' clocks may differ.
/// <para><b>Only a hint.</b> Two replicas may both find that they can claim a chat. The commit of
/// <see cref="AcquireLease"/> lets only one succeed.</para>
/// <para><b>Database outages.</b> While the database is down, every replica looks dead to every other. So the store
/// records since when a replica's heartbeats have been on time, i.e. at most half a lease apart. A replica whose own
/// heartbeats have not been on time for a whole lease cannot declare another replica dead.</para>
/// Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>.
/// </summary>
public interface ILeaseStore
{
    /// <summary>Records that a replica is alive, and where other replicas reach it.</summary>
    /// <param name="replica">The replica.</param>
    /// <param name="address">Its base URL. Null if other replicas need not reach it.</param>
    /// <param name="leaseDuration">How long its leases outlive its heartbeat. The same for all replicas.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task HeartbeatAsync(string replica, string? address, TimeSpan leaseDuration, CancellationToken cancellationToken);

    /// <summary>Finds the address of a replica. Null if the replica is gone or has no address.</summary>
    Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken);

    /// <summary>Records that a replica has stopped. Its leases can then be taken immediately.</summary>
    Task RetireAsync(string replica, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the replicas that have not retired, newest heartbeat first. A killed replica stays in the list, and its
    /// heartbeat ages.
    /// </summary>
    Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the chats that need a worker and whose lease the replica holds, in one snapshot and in no particular
    /// order.
    /// </summary>
    Task<IReadOnlyList<HeldLease>> ListLeasesAsync(string replica, CancellationToken cancellationToken);

    /// <summary>
    /// Finds chats that need a worker and that the replica may claim, longest waiting first. These are chats without a
    /// lease and chats whose holder has retired. If the replica's own heartbeats have been on time for a whole lease,
    /// they include chats whose holder's last heartbeat is older than a lease. A store with
    /// <see cref="IReplicaSessions"/> also includes those of <see cref="ClaimQuery.Suspects"/>. Chats that the replica
    /// itself holds are never included.
    /// </summary>
    Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(ClaimQuery query, CancellationToken cancellationToken);
}
