using Microsoft.Extensions.Hosting;

namespace DurableChat.Feeds;

/// <summary>Removes feeds that nobody uses any more, and keeps the rest within the memory budget.</summary>
internal sealed class FeedSweeper(FeedRegistry feeds, FeedOptions options, TimeProvider time) : BackgroundService
{
    /// <summary>
    /// How many rounds an idle time has, so that a feed stays at most this part longer than it has to.
    /// </summary>
    private const int RoundsPerIdleTime = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.IdleTime / RoundsPerIdleTime, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            feeds.RemoveIdle();
            feeds.EnforceBudget();
        }
    }
}
