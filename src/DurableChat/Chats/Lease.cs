namespace DurableChat.Chats;

/// <summary>A worker's right to drive a chat.</summary>
/// <param name="Replica">The replica whose heartbeat keeps the lease alive.</param>
/// <param name="Token">
/// The fencing token. It rises with each lease of the chat, and commits with an older token are refused.
/// </param>
public sealed record Lease(string Replica, long Token);
