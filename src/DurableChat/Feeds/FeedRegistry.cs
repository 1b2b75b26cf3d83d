using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// The feeds of this replica, at most one per chat. Users of a feed pin it, and only a feed without pins can be
/// removed. Keeps all feeds within the memory budget. Thread-safe.
/// </summary>
internal sealed class FeedRegistry : IFeedHost
{
    private readonly ConcurrentDictionary<ChatId, Feed> _feeds = new();
    private readonly FeedOptions _options;
    private int _evicting;

    public FeedRegistry(FeedOptions options, FeedMetrics metrics, TimeProvider time)
    {
        _options = options;
        Metrics = metrics;
        Time = time;
        Budget = new FeedBudget(options, time);
        metrics.Observe(() => _feeds.Count, () => Bytes);
    }

    public FeedMetrics Metrics { get; }

    /// <summary>
    /// Raised when a feed wants parts from another replica. Raised often: the handler keeps one relay for each chat.
    /// </summary>
    public event Action<Feed>? RelayNeeded;

    /// <summary>The name under which this replica holds leases. Empty if there are no other replicas.</summary>
    public string Replica { get; init; } = string.Empty;

    public TimeProvider Time { get; }

    /// <summary>The number of feeds.</summary>
    public int Count => _feeds.Count;

    /// <summary>The memory of all feeds, in bytes.</summary>
    public long Bytes => Budget.Bytes;

    /// <summary>Counts the memory of feeds, and decides which gives way next.</summary>
    public FeedBudget Budget { get; }

    /// <summary>How many feeds know a state but serve nothing until it is loaded.</summary>
    public int InDoubt => _feeds.Values.Count(feed => feed.IsInDoubt);

    /// <summary>
    /// The version that each feed serves as current. A feed in doubt serves nothing until it is loaded, so there is
    /// nothing to compare.
    /// </summary>
    public IReadOnlyList<KnownChat> Known()
    {
        var known = new List<KnownChat>();
        foreach (var (id, feed) in _feeds)
        {
            if (feed.Present is { } present)
            {
                known.Add(present);
            }
        }

        return known;
    }

    /// <summary>
    /// Wakes the subscribers of feeds in doubt, so that they load the state: the load after the doubt may have failed.
    /// </summary>
    public void WakeDoubts()
    {
        foreach (var feed in _feeds.Values)
        {
            feed.WakeIfInDoubt();
        }
    }

    /// <summary>All current feeds, in no particular order. They are not pinned.</summary>
    public IEnumerable<Feed> All => _feeds.Values;

    /// <summary>Finds a chat's feed without pinning it. Null if there is none.</summary>
    public Feed? Find(ChatId id) => _feeds.GetValueOrDefault(id);

    /// <summary>Pins a chat's feed. Creates it if there is none.</summary>
    public FeedPin Pin(ChatId id)
    {
        while (true)
        {
            var feed = _feeds.GetOrAdd(id, static (key, registry) => new Feed(key, registry, registry._options), this);
            if (feed.TryPin())
            {
                return new FeedPin(this, feed);
            }

            // Marked as removed, but still in the dictionary. Remove it here, so that the next iteration finds or
            // creates another.
            _feeds.TryRemove(KeyValuePair.Create(id, feed));
        }
    }

    /// <summary>Pins a chat's feed if there is one.</summary>
    public FeedPin? TryPin(ChatId id) =>
        _feeds.TryGetValue(id, out var feed) && feed.TryPin() ? new FeedPin(this, feed) : null;

    /// <summary>
    /// Unpins a feed. The feed of a chat that does not exist is removed immediately, so that guessing ids fills no
    /// memory.
    /// </summary>
    public void Unpin(Feed feed)
    {
        if (feed.Unpin())
        {
            TryRemove(feed, long.MaxValue);
        }
    }

    /// <summary>
    /// Removes the feeds that have been unused for the idle time. It examines all feeds, which is little work, and pins
    /// none.
    /// </summary>
    public void RemoveIdle()
    {
        var restedSince = Time.GetTimestamp() - (long)(_options.IdleTime.TotalSeconds * Time.TimestampFrequency);
        foreach (var entry in _feeds)
        {
            TryRemove(entry.Value, restedSince);
        }
    }

    /// <summary>
    /// Evicts the least recently used feeds until all are well within the budget. A feed without pins is removed. A
    /// pinned feed frees its window and the large parts of its state.
    /// </summary>
    public void EnforceBudget()
    {
        if (!Budget.IsOver || Interlocked.Exchange(ref _evicting, 1) == 1)
        {
            return;
        }

        try
        {
            // Feeds that were used in the meantime are skipped once, but only once, because they are in use while this
            // runs.
            var passes = Budget.InLine;
            while (Budget.IsToShrink && Budget.TakeFirst() is { } place)
            {
                Metrics.Visited();
                if (place.Feed.LastUsed > place.Since && passes-- > 0)
                {
                    place.Feed.StandInLine();
                }
                else if (TryRemove(place.Feed, long.MaxValue) || place.Feed.TryEvict())
                {
                    Metrics.Evicted();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _evicting, 0);
        }
    }

    /// <inheritdoc/>
    public void AskForRelay(Feed feed) => RelayNeeded?.Invoke(feed);

    private bool TryRemove(Feed feed, long restedSince)
    {
        if (!feed.TryRemove(restedSince))
        {
            return false;
        }

        _feeds.TryRemove(KeyValuePair.Create(feed.Id, feed));
        return true;
    }
}
