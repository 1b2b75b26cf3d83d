using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat that a replica should be driving, as the store has it.</summary>
/// <param name="Id">Which chat.</param>
/// <param name="Token">The fencing token of the lease.</param>
/// <param name="Version">The chat's version.</param>
/// <param name="IsInterrupting">True if the turn is to stop.</param>
public readonly record struct HeldLease(ChatId Id, long Token, long Version, bool IsInterrupting);
