using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Storage;
using DurableChat.Watching;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Notifications;

/// <summary>
/// Recovers from lost notifications. It compares the versions of all chats in memory with the database, in one query,
/// every few seconds and as soon as the channel is back. It marks changed chats, and their subscribers load and read
/// what is missing.
/// </summary>
internal sealed partial class VersionSync(
    IChatStore store,
    FeedRegistry feeds,
    OwnerFeedRegistry owners,
    IEnumerable<INewsObserver> observers,
    ChannelState state,
    NotificationOptions options,
    DurableChat.Diagnostics.NotificationMetrics metrics,
    TimeProvider time,
    ILogger<VersionSync> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var revision = state.Revision;
        var heard = state.Connection;
        var listsReadAt = time.GetTimestamp();
        while (state.HasChannel && !stoppingToken.IsCancellationRequested)
        {
            var wasUp = state.IsUp;
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var timer = Task.Delay(wasUp ? options.SyncInterval : options.SyncIntervalWhileDown, time, pause.Token);
            Task woken = Task.WhenAny(timer, state.WaitAsync(revision, pause.Token));
            await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await pause.CancelAsync().ConfigureAwait(false);
            revision = state.Revision;
            if (!stoppingToken.IsCancellationRequested)
            {
                // Compare connection numbers: a connection that was lost and replaced during the comparison is a
                // different one, although it was never seen as down.
                var connection = state.Connection;
                var areListsDue = time.GetElapsedTime(listsReadAt) >= options.ListSyncInterval;
                listsReadAt = areListsDue ? time.GetTimestamp() : listsReadAt;
                await TrySyncAsync(readsLists: connection != heard || areListsDue, stoppingToken).ConfigureAwait(false);
                heard = connection;
            }
        }
    }

    /// <summary>Compares versions once.</summary>
    internal async Task SyncAsync(CancellationToken cancellationToken)
    {
        feeds.WakeDoubts();
        var known = feeds.Known();
        if (known.Count == 0)
        {
            return;
        }

        var found = await store.FindChangedAsync(known, cancellationToken).ConfigureAwait(false);
        if (found.Count > 0 && state.IsUp)
        {
            // Most of these notifications are still on their way. Only those that do not arrive were lost.
            await Task.Delay(options.SyncPatience, time, cancellationToken).ConfigureAwait(false);
        }

        var asked = known.ToDictionary(chat => chat.Id, chat => chat.Version);
        foreach (var changed in found)
        {
            // Do not pin the feed: a comparison is not a use, and an unused feed must expire.
            if (feeds.Find(changed.Id) is { } feed && TryMark(feed, changed, asked[changed.Id]))
            {
                metrics.Healed();
                foreach (var observer in observers)
                {
                    observer.OnDoubt(feed.Id, feed.Owner ?? string.Empty, waits: false);
                }
            }
        }
    }

    private static bool TryMark(Feed feed, ChangedChat changed, long asked)
    {
        // A feed ahead of the database has just received a commit, unless it was already ahead before the query.
        if (changed.Version is { } version && (version > asked || feed.Present?.Version != asked))
        {
            return feed.MarkUnsyncedBelow(version);
        }

        feed.MarkUnsynced();
        return !feed.IsDeleted;
    }

    private async Task TrySyncAsync(bool readsLists, CancellationToken cancellationToken)
    {
        try
        {
            if (readsLists || !state.IsUp)
            {
                // Lists have no version to compare. They are read again while hints may be missed, and at intervals.
                owners.MarkStale();
            }

            var connection = state.Connection;
            await SyncAsync(cancellationToken).ConfigureAwait(false);
            state.Compared(connection);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server is stopping.
        }
#pragma warning disable CA1031 // The loop must survive any database error.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Versions could not be compared; it will be tried again")]
    private partial void LogFailed(Exception exception);
}
