using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>Which chats to list.</summary>
/// <param name="Limit">How many at most.</param>
/// <param name="After">The last chat of the page before; null for the first page.</param>
/// <param name="Archived">True for archived chats only, false for the others only, null for all.</param>
public sealed record ChatListQuery(int Limit, ChatListKey? After = null, bool? Archived = null);

/// <summary>A place in an owner's list of chats, which is ordered by time of change, newest first, then by id, descending.</summary>
/// <param name="UpdatedAt">The time of change of the chat there, in whole microseconds (UTC).</param>
/// <param name="Id">The chat there.</param>
public sealed record ChatListKey(DateTimeOffset UpdatedAt, ChatId Id);
