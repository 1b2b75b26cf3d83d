using DurableChat.Chats;
using DurableChat.Diagnostics;

namespace DurableChat.Feeds;

/// <summary>
/// Shows operators what this replica has in memory. It tells of chats of all owners, though nothing that they say, so
/// hosts must let operators in only.
/// Thread-safe; looking neither holds a feed nor makes one.
/// </summary>
public sealed class FeedInspector
{
    private const int CursorsInList = 0;
    private const int CursorsInReport = 1_000;

    private readonly FeedRegistry _feeds;

    private readonly WorkerMetrics _worker;

    internal FeedInspector(FeedRegistry feeds, string replica, WorkerMetrics worker)
    {
        _feeds = feeds;
        _worker = worker;
        Replica = replica;
    }

    /// <summary>The name under which this process holds leases.</summary>
    public string Replica { get; }

    /// <summary>How many feeds there are.</summary>
    public int Count => _feeds.Count;

    /// <summary>What all feeds hold, in bytes.</summary>
    public long Bytes => _feeds.Bytes;

    /// <summary>How many feeds serve nothing until their state is loaded.</summary>
    public int InDoubt => _feeds.InDoubt;

    /// <summary>
    /// How many chats this replica held the lease of without driving them, when leases and runs were last compared.
    /// </summary>
    public int LeasesWithoutRun => _worker.LeasesWithoutRun;

    /// <summary>The age of the oldest turn that this replica drives; zero if it drives none.</summary>
    public TimeSpan OldestTurn => _worker.OldestRun;

    /// <summary>Feeds without their cursors: those with most subscribers first, then the largest.</summary>
    public IReadOnlyList<FeedReport> List(int limit) =>
    [
        .. _feeds.All.Select(feed => feed.Inspect(CursorsInList))
            .OrderByDescending(report => report.Subscribers).ThenByDescending(report => report.Bytes).ThenBy(report => report.ChatId.Value, StringComparer.Ordinal)
            .Take(limit),
    ];

    /// <summary>One feed with its cursors; null if this replica has none of that chat.</summary>
    public FeedReport? Find(ChatId chat) => _feeds.Find(chat)?.Inspect(CursorsInReport);
}
