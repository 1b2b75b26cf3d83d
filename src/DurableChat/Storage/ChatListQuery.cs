using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>Which chats to list.</summary>
/// <param name="Limit">The maximum number of chats.</param>
/// <param name="After">The last chat of the previous page. Null for the first page.</param>
/// <param name="Archived">True lists only archived chats, false only chats that are not archived, null all.</param>
public sealed record ChatListQuery(int Limit, ChatListKey? After = null, bool? Archived = null);

/// <summary>
/// A place in an owner's list of chats, which is ordered by time of change, newest first, then by id, descending.
/// </summary>
/// <param name="UpdatedAt">When the chat at this place last changed, in whole microseconds (UTC).</param>
/// <param name="Id">The id of the chat at this place.</param>
public sealed record ChatListKey(DateTimeOffset UpdatedAt, ChatId Id);
