using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Retention;

/// <summary>
/// Deletes chats that were archived long ago. It reads all chats by id, page by page with pauses, so that no statement
/// is long and no index is needed. Each chat is checked and deleted individually, as if its owner deleted it. The next
/// round completes what one round misses.
/// </summary>
internal sealed partial class RetentionSweeper(
    ChatCommitter committer,
    RetentionOptions options,
    RetentionMetrics metrics,
    [FromKeyedServices(ClusterTime.Key)] TimeProvider time,
    ILogger<RetentionSweeper> logger,
    IRetentionStore? store = null) : BackgroundService
{
    private static readonly TimeSpan _pauseBetweenPages = TimeSpan.FromMilliseconds(50);

    private readonly IRetentionStore? _store = store ?? (options.ArchivedAfter is null
        ? null
        : throw new InvalidOperationException($"Retention needs a store that is an {nameof(IRetentionStore)}."));

    /// <summary>Reads all chats once, unless another replica has just done so.</summary>
    /// <returns>How many chats it deleted.</returns>
    internal async Task<int> RunRoundAsync(IRetentionStore retention, TimeSpan archivedAfter, CancellationToken cancellationToken)
    {
        // Slightly less than the interval: timers are not exact, and a round that starts slightly early is better than
        // one that is skipped.
        if (!await retention.TryBeginRoundAsync(options.Interval * 0.9, cancellationToken).ConfigureAwait(false))
        {
            return 0;
        }

        // Use the clock that all replicas share, because this replica's clock may be days ahead.
        await (time is ClusterTime shared
            ? shared.ReadAsync(cancellationToken)
            : Task.CompletedTask).ConfigureAwait(false);
        var purged = 0;
        var page = new RetentionPage([], default(ChatId));
        while (page.Last is { } last)
        {
            page = await retention.FindArchivedAsync(last, time.GetUtcNow() - archivedAfter, options.PageSize, cancellationToken).ConfigureAwait(false);
            foreach (var id in page.Archived)
            {
                if (await TryPurgeAsync(id, archivedAfter, retention, cancellationToken).ConfigureAwait(false))
                {
                    metrics.Purged();
                    purged++;
                }
            }

            if (page.Last is not null)
            {
                await Task.Delay(_pauseBetweenPages, time, cancellationToken).ConfigureAwait(false);
            }
        }

        return purged;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ArchivedAfter is not { } archivedAfter || _store is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Interval, time);
        do
        {
            await TryRunRoundAsync(_store, archivedAfter, stoppingToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    /// <summary>A chat that cannot be read or deleted must not block the chats after it.</summary>
    private async Task<bool> TryPurgeAsync(ChatId id, TimeSpan archivedAfter, IRetentionStore retention, CancellationToken cancellationToken)
    {
        try
        {
            return await committer.PurgeAsync(id, archivedAfter, retention, cancellationToken).ConfigureAwait(false);
        }
        catch (ChatStoreException exception)
        {
            LogNotPurged(id, exception);
            return false;
        }
    }

    private async Task TryRunRoundAsync(IRetentionStore retention, TimeSpan archivedAfter, CancellationToken cancellationToken)
    {
        try
        {
            var purged = await RunRoundAsync(retention, archivedAfter, cancellationToken).ConfigureAwait(false);
            if (purged > 0)
            {
                LogPurged(purged, archivedAfter);
            }
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

    [LoggerMessage(1, LogLevel.Information, "{Count} chats that had been archived for {Time} were deleted")]
    private partial void LogPurged(int count, TimeSpan time);

    [LoggerMessage(2, LogLevel.Warning, "Not all archived chats could be checked. The next round starts from the beginning")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The archived chat {Chat} could not be deleted; the next round tries again")]
    private partial void LogNotPurged(ChatId chat, Exception exception);
}
