using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// The feeds of this replica. There is at most one for a chat: whoever needs it takes a lease on it, and only a feed that nobody holds can go. Keeps all
/// feeds within the memory budget. Thread-safe.
/// </summary>
internal sealed class FeedRegistry
{
    private readonly ConcurrentDictionary<ChatId, Feed> _feeds = new();
    private readonly FeedOptions _options;
    private long _bytes;
    private int _evicting;

    public FeedRegistry(FeedOptions options, FeedMetrics metrics, TimeProvider time)
    {
        _options = options;
        Metrics = metrics;
        Time = time;
        metrics.Observe(() => _feeds.Count, () => Interlocked.Read(ref _bytes));
    }

    public FeedMetrics Metrics { get; }

    /// <summary>Says that a feed wants parts that another replica makes. Called often; whoever listens keeps one relay for each chat.</summary>
    public event Action<Feed>? RelayNeeded;

    /// <summary>The name under which this replica holds leases; empty if there are no others.</summary>
    public string Replica { get; init; } = string.Empty;

    public TimeProvider Time { get; }

    /// <summary>How many feeds there are.</summary>
    public int Count => _feeds.Count;

    /// <summary>What all feeds hold, in bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The version that each feed serves as the present one. A feed in doubt serves nothing until it is loaded, so there is nothing to compare.</summary>
    public IReadOnlyList<KnownChat> Known()
    {
        var known = new List<KnownChat>();
        foreach (var (id, feed) in _feeds)
        {
            if (feed.TryGetChat() is { } chat)
            {
                known.Add(new KnownChat(id, chat.Version));
            }
        }

        return known;
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

            // Marked as removed, about to leave the dictionary. Help it out, so that the next round finds or makes another.
            _feeds.TryRemove(KeyValuePair.Create(id, feed));
        }
    }

    /// <summary>Takes hold of a chat's feed if there is one.</summary>
    public FeedPin? TryPin(ChatId id) => _feeds.TryGetValue(id, out var feed) && feed.TryPin() ? new FeedPin(this, feed) : null;

    /// <summary>Lets go of a feed. One of a chat that does not exist goes at once, so that guessing ids fills no memory.</summary>
    public void Unpin(Feed feed)
    {
        if (feed.Unpin() && feed.TryRemove(long.MaxValue))
        {
            _feeds.TryRemove(KeyValuePair.Create(feed.Id, feed));
        }
    }

    /// <summary>Removes the feeds that have rested for the idle time.</summary>
    public void RemoveIdle()
    {
        var restedSince = Time.GetTimestamp() - (long)(_options.IdleTime.TotalSeconds * Time.TimestampFrequency);
        foreach (var entry in _feeds)
        {
            if (entry.Value.TryRemove(restedSince))
            {
                _feeds.TryRemove(entry);
            }
        }
    }

    /// <summary>Empties the windows of those used least recently until all feeds are well within the budget.</summary>
    public void EnforceBudget()
    {
        if (Bytes <= _options.TotalBytes || Interlocked.Exchange(ref _evicting, 1) == 1)
        {
            return;
        }

        try
        {
            // Going a tenth below the budget makes the next round, which sorts all feeds, come late.
            var target = _options.TotalBytes / 10 * 9;
            foreach (var feed in _feeds.Values.OrderBy(feed => feed.LastUsed))
            {
                if (Bytes <= target)
                {
                    return;
                }

                if (feed.TryEvict())
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

    internal void AskForRelay(Feed feed) => RelayNeeded?.Invoke(feed);

    /// <summary>Tells the change of a feed's size. Called under that feed's lock, so it must not touch any feed.</summary>
    internal void CountBytes(long change) => Interlocked.Add(ref _bytes, change);
}
