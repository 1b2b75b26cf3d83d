using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>A chat that a worker may claim.</summary>
/// <param name="Id">The id of the chat.</param>
/// <param name="Owner">The owner of the chat.</param>
/// <param name="HolderToken">The fencing token of the lease whose holder is gone. Null if there is no lease.</param>
/// <param name="UpdatedAt">
/// When the chat last changed, in whole microseconds (UTC). Together with the id, this is its place in the order.
/// </param>
public sealed record ClaimableChat(ChatId Id, string Owner, long? HolderToken, DateTimeOffset UpdatedAt);
