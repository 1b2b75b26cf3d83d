using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Storage;

namespace DurableChat.Watching;

/// <summary>The owner feeds of this replica: one for each owner whose list is watched. Thread-safe.</summary>
internal sealed class OwnerFeedRegistry : ICommitObserver
{
    /// <summary>
    /// Ten times this a second: enough for 6,000 owners within the time in which all lists are read once, and a light
    /// load for the database.
    /// </summary>
    private const int ListsPerRound = 20;

    private readonly ConcurrentDictionary<string, OwnerFeed> _feeds = new(StringComparer.Ordinal);
    private readonly ListPacer _pacer;

    public OwnerFeedRegistry(TimeProvider? time = null) =>
        _pacer = new ListPacer(time ?? TimeProvider.System, ListsPerRound, MarkUnsynced);

    /// <summary>How many owners are watched.</summary>
    public int Count => _feeds.Count;

    /// <summary>Pins an owner's feed.</summary>
    public OwnerFeed Pin(string owner)
    {
        while (true)
        {
            var feed = _feeds.GetOrAdd(owner, static _ => new OwnerFeed());
            if (feed.TryPin())
            {
                return feed;
            }

            _feeds.TryRemove(KeyValuePair.Create(owner, feed));
        }
    }

    /// <summary>Undoes a <see cref="Pin"/>.</summary>
    public void Unpin(string owner, OwnerFeed feed)
    {
        if (feed.Unpin())
        {
            _feeds.TryRemove(KeyValuePair.Create(owner, feed));
        }
    }

    /// <summary>Records that changes may have been missed: all lists are read again, a few at a time.</summary>
    public void MarkStale() => _pacer.Ask(_feeds.Select(entry => entry.Key));

    /// <inheritdoc/>
    public void OnCommitted(Transition transition) => OnNews(transition.Next);

    /// <inheritdoc/>
    public void OnNews(Chat chat)
    {
        if (_feeds.TryGetValue(chat.Owner, out var feed))
        {
            feed.Publish(chat.Id, chat.Version, StreamEvents.Chat(ChatSummary.Of(chat)));
        }
    }

    /// <inheritdoc/>
    public void OnDoubt(ChatId id, string owner, bool isOwn)
    {
        // If the commit did happen, no replica publishes it, and the chat's next commit may be far away: the end of a
        // turn is often the last.
        if (_feeds.ContainsKey(owner))
        {
            _pacer.Ask(owner);
        }
    }

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner)
    {
        if (_feeds.TryGetValue(owner, out var feed))
        {
            feed.Publish(id, long.MaxValue, StreamEvents.ChatDeleted(id));
        }
    }

    private void MarkUnsynced(string owner)
    {
        if (_feeds.TryGetValue(owner, out var feed))
        {
            feed.MarkUnsynced();
        }
    }
}
