using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// The feeds of this replica. There is at most one for a chat: whoever needs it takes a lease on it, and only a feed
/// that nobody holds can go. Keeps all
/// feeds within the memory budget. Thread-safe.
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
    /// Says that a feed wants parts that another replica makes. Called often; whoever listens keeps one relay for each
    /// chat.
    /// </summary>
    public event Action<Feed>? RelayNeeded;

    /// <summary>The name under which this replica holds leases; empty if there are no others.</summary>
    public string Replica { get; init; } = string.Empty;

    public TimeProvider Time { get; }

    /// <summary>How many feeds there are.</summary>
    public int Count => _feeds.Count;

    /// <summary>What all feeds hold, in bytes.</summary>
    public long Bytes => Budget.Bytes;

    /// <summary>What feeds take, and which of them gives way next.</summary>
    public FeedBudget Budget { get; }

    /// <summary>How many feeds know a state and serve nothing until it is loaded.</summary>
    public int InDoubt => _feeds.Values.Count(feed => feed.IsInDoubt);

    /// <summary>
    /// The version that each feed serves as the present one. A feed in doubt serves nothing until it is loaded, so
    /// there is nothing to compare.
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
    /// Wakes the subscribers of feeds in doubt, so that they have the state loaded: the load that should have followed
    /// the doubt may have failed.
    /// </summary>
    public void WakeDoubts()
    {
        foreach (var feed in _feeds.Values)
        {
            feed.WakeIfInDoubt();
        }
    }

    /// <summary>The feeds there are at this moment, in no order. Nothing holds them.</summary>
    public IEnumerable<Feed> All => _feeds.Values;

    /// <summary>Finds a chat's feed without taking hold of it; null if there is none.</summary>
    public Feed? Find(ChatId id) => _feeds.GetValueOrDefault(id);

    /// <summary>Takes hold of a chat's feed; makes it if there is none.</summary>
    public FeedPin Pin(ChatId id)
    {
        while (true)
        {
            var feed = _feeds.GetOrAdd(id, static (key, registry) => new Feed(key, registry, registry._options), this);
            if (feed.TryPin())
            {
                return new FeedPin(this, feed);
            }

            // Marked as removed, about to leave the dictionary. Help it out, so that the next round finds or makes
            // another.
            _feeds.TryRemove(KeyValuePair.Create(id, feed));
        }
    }

    /// <summary>Takes hold of a chat's feed if there is one.</summary>
    public FeedPin? TryPin(ChatId id) => _feeds.TryGetValue(id, out var feed) && feed.TryPin() ? new FeedPin(this, feed) : null;

    /// <summary>
    /// Lets go of a feed. One of a chat that does not exist goes at once, so that guessing ids fills no memory.
    /// </summary>
    public void Unpin(Feed feed)
    {
        if (feed.Unpin())
        {
            TryRemove(feed, long.MaxValue);
        }
    }

    /// <summary>
    /// Removes the feeds that have rested for the idle time. It looks at all, which is little work, and holds none
    /// while it does.
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
    /// Makes those used least recently give way until all feeds are well within the budget: one that nobody holds goes,
    /// one that is held gives back its window and what is large of its state.
    /// </summary>
    public void EnforceBudget()
    {
        if (!Budget.IsOver || Interlocked.Exchange(ref _evicting, 1) == 1)
        {
            return;
        }

        try
        {
            // Those that were used meanwhile are passed over once, and no more than once: others use them while this
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
