using DurableChat.Recorder.Calls;
using DurableChat.Recorder.Options;
using Microsoft.Extensions.Hosting;

namespace DurableChat.Recorder;

/// <summary>
/// Ends a recorder that has nothing running and has had no request from a server for a while. Servers request its
/// status as long as they run. Thread-safe.
/// </summary>
internal sealed class IdleWatch(
    RecorderOptions options, Exchanges exchanges, IHostApplicationLifetime lifetime, TimeProvider time)
    : BackgroundService
{
    private long _askedAt = time.GetTimestamp();

    /// <summary>Records that a server has made a request.</summary>
    public void Touch() => Interlocked.Exchange(ref _askedAt, time.GetTimestamp());

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.IdleTime is not { } idle)
        {
            return;
        }

        using var timer = new PeriodicTimer(idle / 4, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (time.GetElapsedTime(Interlocked.Read(ref _askedAt)) >= idle && exchanges.Figures().Running == 0)
            {
                lifetime.StopApplication();
                return;
            }
        }
    }
}
