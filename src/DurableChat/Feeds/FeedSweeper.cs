using Microsoft.Extensions.Hosting;

namespace DurableChat.Feeds;

/// <summary>Removes unused feeds, and keeps the rest within the memory budget.</summary>
internal sealed class FeedSweeper(FeedRegistry feeds, FeedOptions options, TimeProvider time) : BackgroundService
{
    /// <summary>
    /// How many rounds there are per idle time. A feed stays at most this fraction (1/n) of the idle time too long.
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
