using DurableChat.Feeds;
using DurableChat.Storage;
using DurableChat.Watching;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Notifications;

/// <summary>
/// Heals whatever notifications were lost: compares the versions of all chats in memory with the database, in one query, every few seconds and as soon as the channel is back. A chat that
/// has changed is marked, and its subscribers load and read what they lack.
/// </summary>
internal sealed partial class VersionSync(
    IChatStore store,
    FeedRegistry feeds,
    OwnerFeedRegistry owners,
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
                await TrySyncAsync(isReconnected: !wasUp && state.IsUp, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Compares once.</summary>
    internal async Task SyncAsync(CancellationToken cancellationToken)
    {
        var known = feeds.Known();
        if (known.Count == 0)
        {
            return;
        }

        var found = await store.FindChangedAsync(known, cancellationToken).ConfigureAwait(false);
        if (found.Count > 0 && state.IsUp)
        {
            // Most of these are on their way. Only what does not come was lost.
            await Task.Delay(options.SyncPatience, time, cancellationToken).ConfigureAwait(false);
        }

        foreach (var changed in found)
        {
            using var pin = feeds.TryPin(changed.Id);
            if (changed.Version is not { } version)
            {
                pin?.Feed.MarkUnsynced();
            }
            else if (pin?.Feed.MarkUnsyncedBelow(version) == true)
            {
                metrics.Healed();
            }
        }
    }

    private async Task TrySyncAsync(bool isReconnected, CancellationToken cancellationToken)
    {
        try
        {
            if (isReconnected || !state.IsUp)
            {
                // Lists have no version to compare: while hints may be missed they are read anew.
                owners.MarkStale();
            }

            var connection = state.Connection;
            await SyncAsync(cancellationToken).ConfigureAwait(false);
            state.Compared(connection);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception exception) when (exception is ChatStoreException or OperationCanceledException)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Versions could not be compared; it will be tried again")]
    private partial void LogFailed(Exception exception);
}
