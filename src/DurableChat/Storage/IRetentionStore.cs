using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// Finds and deletes what was put away long ago, and what deleted chats and old requests have left. No call takes longer than a page, and none holds a lock that others wait for. A replica may do what another has done: the version decides.
/// Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>.
/// </summary>
public interface IRetentionStore
{
    /// <summary>Begins a round for all replicas; false if one of them has begun one within the interval, by the store's clock.</summary>
    Task<bool> TryBeginRoundAsync(TimeSpan interval, CancellationToken cancellationToken);

    /// <summary>Looks at the chats after an id, in the order of ids, and finds those that are archived and unchanged since a time.</summary>
    /// <param name="after">Where the page before has ended; the default value begins.</param>
    /// <param name="unchangedSince">The time.</param>
    /// <param name="limit">How many chats to look at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<RetentionPage> FindArchivedAsync(ChatId after, DateTimeOffset unchangedSince, int limit, CancellationToken cancellationToken);

    /// <summary>Removes a chat as <see cref="IChatStore.DeleteAsync"/> does, if its version is still the one given; else false.</summary>
    Task<bool> DeleteAsync(ChatId id, long version, CancellationToken cancellationToken);

    /// <summary>Finds deleted chats of which something is left, in the order of ids.</summary>
    /// <param name="after">Only those after it; the default value begins.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<ChatId>> FindRemainsAsync(ChatId after, int limit, CancellationToken cancellationToken);

    /// <summary>Removes a <see cref="DeletionSlice"/> of what a deleted chat has left; true if there may be more. Does nothing to a chat that is not deleted.</summary>
    Task<bool> RemoveRemainsAsync(ChatId id, CancellationToken cancellationToken);

    /// <summary>Removes a <see cref="DeletionSlice"/> of what has expired, by the store's clock, the oldest first; true if there may be more.</summary>
    Task<bool> RemoveExpiredAsync(ExpiredKind kind, CancellationToken cancellationToken);
}

/// <summary>The archived chats that a page of all chats has.</summary>
/// <param name="Archived">Which ones.</param>
/// <param name="Last">The last chat that was looked at; null if there are no more.</param>
public sealed record RetentionPage(IReadOnlyList<ChatId> Archived, ChatId? Last)
{
    /// <summary>The page that a store has read: a shorter one than was asked for is the last.</summary>
    public static RetentionPage Of(IReadOnlyList<(ChatId Id, bool IsArchived)> chats, int limit)
    {
        ArgumentNullException.ThrowIfNull(chats);
        return new RetentionPage([.. chats.Where(chat => chat.IsArchived).Select(chat => chat.Id)], chats.Count == limit ? chats[^1].Id : null);
    }
}
