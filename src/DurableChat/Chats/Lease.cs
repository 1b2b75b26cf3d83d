namespace DurableChat.Chats;

/// <summary>A worker's right to drive a chat.</summary>
/// <param name="Replica">The replica whose heartbeat keeps the lease alive.</param>
/// <param name="Token">The fencing token: each lease of a chat has a higher one than the lease before, and a commit with an older one is refused.</param>
public sealed record Lease(string Replica, long Token);
