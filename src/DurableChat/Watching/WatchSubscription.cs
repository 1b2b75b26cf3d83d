using DurableChat.Feeds;
using DurableChat.Storage;

namespace DurableChat.Watching;

/// <summary>
/// Follows an owner's list of chats: first the newest part of the list, then each change. Pulls like
/// <see cref="Subscription"/>. Used by one caller at a time. Dispose it to release its feed.
/// </summary>
public sealed class WatchSubscription : IEventSource
{
    /// <summary>How many chats the initial list has.</summary>
    public const int ListedChats = 100;

    private readonly OwnerFeedRegistry _registry;
    private readonly IChatStore _store;
    private readonly string _owner;
    private readonly OwnerFeed _feed;
    private long _seen = -1;
    private bool _disposed;

    internal WatchSubscription(OwnerFeedRegistry registry, IChatStore store, string owner)
    {
        _registry = registry;
        _store = store;
        _owner = owner;
        _feed = registry.Pin(owner);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> NextAsync(List<StreamEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        events.Clear();
        while (true)
        {
            if (_seen < 0 || !_feed.TryLook(ref _seen, events, out var signal))
            {
                (_seen, var list) = await _feed.ReadListAsync(ReadListAsync, cancellationToken).ConfigureAwait(false);
                events.Add(list);
                return true;
            }

            if (events.Count > 0)
            {
                return true;
            }

            await _feed.WaitAsync(signal, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<StreamEvent> ReadListAsync(CancellationToken cancellationToken) =>
        StreamEvents.Chats(await _store.ListAsync(
            _owner, new ChatListQuery(ListedChats, Archived: false), cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public void ConfirmSent(IReadOnlyList<StreamEvent> events)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _registry.Unpin(_owner, _feed);
        }
    }
}
