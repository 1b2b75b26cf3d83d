namespace DurableChat.Storage;

/// <summary>
/// Shows which replicas still have a connection to the store. A process that ends closes its connections at once, long
/// before its heartbeat is old. Optional: without it, only old heartbeats show that a replica has died.
/// <para><b>Only a hint.</b> A session can break while its replica lives, and a session of a host that lost its power
/// can look open for hours. So a closed session counts only together with a missing heartbeat.</para>
/// Not thread-safe: one call at a time. Infrastructure faults throw <see cref="ChatStoreException"/>.
/// </summary>
public interface IReplicaSessions
{
    /// <summary>
    /// Opens the replica's session if it is not open, and lists the replicas whose sessions are open.
    /// </summary>
    Task<OpenSessions> LookAsync(string replica, CancellationToken cancellationToken);
}
