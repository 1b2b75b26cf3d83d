using DurableChat.Chats;
using DurableChat.Diagnostics;

namespace DurableChat.Feeds;

/// <summary>
/// Shows operators what this replica holds in memory. It covers chats of all owners, but not their content, so hosts
/// must restrict it to operators. Thread-safe. Inspecting neither pins nor creates a feed.
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

    /// <summary>The number of feeds.</summary>
    public int Count => _feeds.Count;

    /// <summary>The memory of all feeds, in bytes.</summary>
    public long Bytes => _feeds.Bytes;

    /// <summary>How many feeds serve nothing until their state is loaded.</summary>
    public int InDoubt => _feeds.InDoubt;

    /// <summary>How many leases this replica held without a run when leases and runs were last compared.</summary>
    public int LeasesWithoutRun => _worker.LeasesWithoutRun;

    /// <summary>The age of the oldest turn that this replica drives. Zero if it drives none.</summary>
    public TimeSpan OldestTurn => _worker.OldestRun;

    /// <summary>Feeds without their cursors: those with the most subscribers first, then the largest.</summary>
    public IReadOnlyList<FeedReport> List(int limit) =>
    [
        .. _feeds.All.Select(feed => feed.Inspect(CursorsInList))
            .OrderByDescending(report => report.Subscribers)
            .ThenByDescending(report => report.Bytes)
            .ThenBy(report => report.ChatId.Value, StringComparer.Ordinal)
            .Take(limit),
    ];

    /// <summary>One feed with its cursors. Null if this replica has no feed of the chat.</summary>
    public FeedReport? Find(ChatId chat) => _feeds.Find(chat)?.Inspect(CursorsInReport);
}
