using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat that a worker may take.</summary>
/// <param name="Id">Which chat.</param>
/// <param name="Owner">Whose chat.</param>
/// <param name="HolderToken">The fencing token of the lease whose holder is gone; null if there is no lease.</param>
/// <param name="UpdatedAt">The time of its last change, in whole microseconds (UTC): with the id, its place in the line.</param>
public sealed record ClaimableChat(ChatId Id, string Owner, long? HolderToken, DateTimeOffset UpdatedAt);
