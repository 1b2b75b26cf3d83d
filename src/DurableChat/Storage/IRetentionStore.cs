using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// Finds and deletes chats that were archived long ago, and removes what deleted chats and old requests leave. No call
/// processes more than a page, and none holds a lock that others wait for. Replicas may repeat each other's work: the
/// version decides. Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>.
/// </summary>
public interface IRetentionStore
{
    /// <summary>
    /// Starts a round for all replicas. False if a replica has started one within the interval, by the store's clock.
    /// </summary>
    Task<bool> TryBeginRoundAsync(TimeSpan interval, CancellationToken cancellationToken);

    /// <summary>
    /// Examines the chats after an id, in the order of ids, and returns those that are archived and unchanged since a
    /// time.
    /// </summary>
    /// <param name="after">The last id of the previous page. The default value starts at the first chat.</param>
    /// <param name="unchangedSince">The time.</param>
    /// <param name="limit">How many chats to examine.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<RetentionPage> FindArchivedAsync(
        ChatId after,
        DateTimeOffset unchangedSince,
        int limit,
        CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a chat as <see cref="IChatStore.DeleteAsync"/> does if its version is still the given one. Otherwise
    /// returns false.
    /// </summary>
    Task<bool> DeleteAsync(ChatId id, long version, CancellationToken cancellationToken);

    /// <summary>Finds deleted chats that still have data, in the order of ids.</summary>
    /// <param name="after">The id after which to start. The default value starts at the first chat.</param>
    /// <param name="limit">The maximum number of chats.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<ChatId>> FindRemainsAsync(ChatId after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Removes one <see cref="DeletionSlice"/> of a deleted chat's remaining data. True if there may be more. Does
    /// nothing if the chat is not deleted.
    /// </summary>
    Task<bool> RemoveRemainsAsync(ChatId id, CancellationToken cancellationToken);

    /// <summary>
    /// Removes one <see cref="DeletionSlice"/> of expired data, oldest first, by the store's clock. True if there may
    /// be more.
    /// </summary>
    Task<bool> RemoveExpiredAsync(ExpiredKind kind, CancellationToken cancellationToken);
}

/// <summary>The archived chats of one page of all chats.</summary>
/// <param name="Archived">The ids of the archived chats.</param>
/// <param name="Last">The last chat that was examined. Null if there are no more.</param>
public sealed record RetentionPage(IReadOnlyList<ChatId> Archived, ChatId? Last)
{
    /// <summary>Creates a page from what a store has read. A page shorter than requested is the last.</summary>
    public static RetentionPage Of(IReadOnlyList<(ChatId Id, bool IsArchived)> chats, int limit)
    {
        ArgumentNullException.ThrowIfNull(chats);
        return new RetentionPage(
            [.. chats.Where(chat => chat.IsArchived).Select(chat => chat.Id)],
            chats.Count == limit ? chats[^1].Id : null);
    }
}
