namespace DurableChat.Storage;

/// <summary>A replica, as shown by its heartbeat row and its leases.</summary>
/// <param name="Id">The name under which it holds leases.</param>
/// <param name="Address">Where other replicas reach it. Null if it has no address.</param>
/// <param name="HeartbeatAge">The age of its last heartbeat, by the store's clock.</param>
/// <param name="Leases">How many chats it drives, or drove at its last heartbeat.</param>
public sealed record ReplicaInfo(string Id, string? Address, TimeSpan HeartbeatAge, int Leases);
