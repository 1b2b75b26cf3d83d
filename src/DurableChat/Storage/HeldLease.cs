using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat that a replica should be driving, according to the store.</summary>
/// <param name="Id">The id of the chat.</param>
/// <param name="Token">The fencing token of the lease.</param>
/// <param name="Version">The chat's version.</param>
/// <param name="IsInterrupting">True if the turn must stop.</param>
public readonly record struct HeldLease(ChatId Id, long Token, long Version, bool IsInterrupting);
