using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;

namespace DurableChat.ScaleTest.Faults;

/// <summary>Injects the wanted faults, one after the other and round and round, until the load is over.</summary>
internal sealed class FaultInjector(Load load, TestBed bed, BedOptions options, IReadOnlyList<FaultKind> kinds)
{
    private static readonly TimeSpan _pauseBetween = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _downTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _slowTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _slowness = TimeSpan.FromMilliseconds(50);
    private const int ShortestStall = 5;
    private const int LongestStall = 45;
    private readonly List<FaultRecord> _records = [];

    /// <summary>What was done so far.</summary>
    public IReadOnlyList<FaultRecord> Records
    {
        get
        {
            lock (_records)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>
    /// Injects until cancelled; a fault that has begun is brought to its end, so that everything is up again.
    /// </summary>
    public async Task RunAsync(long loadStarted, CancellationToken cancellationToken)
    {
        for (var i = 0; kinds.Count > 0; i++)
        {
            try
            {
                await Task.Delay(_pauseBetween, load.Time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var kind = kinds[i % kinds.Count];
            var started = load.Time.GetTimestamp();
            using var watching = new CancellationTokenSource();
            var takeovers = WatchTakeoversAsync(started, watching.Token);
            await InjectAsync(kind);
            var seconds = load.Time.GetElapsedTime(started).TotalSeconds;
            await Task.Delay(_pauseBetween, load.Time, CancellationToken.None);
            await watching.CancelAsync();
            var (taken, last) = await takeovers;
            lock (_records)
            {
                _records.Add(new FaultRecord(
                    kind,
                    Math.Round(load.Time.GetElapsedTime(loadStarted, started).TotalSeconds, 1),
                    Math.Round(seconds, 1),
                    taken,
                    last));
            }
        }
    }

    private async Task InjectAsync(FaultKind kind)
    {
        var victim = bed.Servers[load.Random(bed.Servers.Count)];
        switch (kind)
        {
            case FaultKind.Kill:
                await victim.KillAsync();
                await Task.Delay(_downTime, load.Time);
                await victim.StartAsync(CancellationToken.None);
                break;
            case FaultKind.Pause:
                await victim.PauseAsync();
                await Task.Delay(TestBed.LeaseUnderFaults * 1.5, load.Time);
                await victim.ResumeAsync();
                break;
            case FaultKind.Terminate:
                await bed.Database!.ExecuteAsync(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        + "WHERE application_name LIKE 'durablechat%'");
                break;
            case FaultKind.Restart:
                await bed.Database!.StopAsync();
                await Task.Delay(_downTime, load.Time);
                await bed.Database.StartAsync();
                break;
            case FaultKind.Channel:
                var cut = load.Time.GetTimestamp();
                while (load.Time.GetElapsedTime(cut) < options.ChannelTime)
                {
                    await CutChannelAsync();
                    await Task.Delay(TimeSpan.FromMilliseconds(100), load.Time);
                }

                break;
            case FaultKind.Slow:
                bed.Proxy!.Delay = _slowness;
                await Task.Delay(_slowTime, load.Time);
                bed.Proxy.Delay = TimeSpan.Zero;
                break;
            case FaultKind.Rolling:
                foreach (var server in bed.Servers)
                {
                    await server.StopAsync();
                    await server.StartAsync(CancellationToken.None);
                }

                break;
            case FaultKind.Hang:
                await Stalls.HangWritesAsync(DrawStall());
                break;
            case FaultKind.ReadOnly:
                await Stalls.RefuseWritesAsync(DrawStall());
                break;
            case FaultKind.Late:
                await Stalls.DelayRequestsAsync(DrawStall());
                break;
        }
    }

    private DatabaseStalls Stalls => new(bed.Database!, bed.Proxy!, load.Time);

    /// <summary>Short of the time for which a client asks again.</summary>
    private TimeSpan DrawStall() => load.RandomTime(ShortestStall * 1000, LongestStall * 1000);

    private Task CutChannelAsync() => options.Redis is null
        ? bed.Database!.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'durablechat "
                + "notifications'")
        : RedisListeners.KillAsync(options.Redis);

    /// <summary>Counts takeovers until cancelled, and remembers when the last was seen.</summary>
    private async Task<(double Count, double? LastAfterSeconds)> WatchTakeoversAsync(
        long started,
        CancellationToken cancellationToken)
    {
        var known = new Dictionary<Uri, double>();
        double count = 0;
        double? last = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var replica in bed.Replicas)
            {
                try
                {
                    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), load.Time);
                    var now = PrometheusText.Read([await load.Api.MetricsAsync(replica, patience.Token)])
                        .Sum("durablechat_takeovers_total");
                    if (known.TryGetValue(replica, out var before) && now > before)
                    {
                        count += now - before;
                        last = Math.Round(load.Time.GetElapsedTime(started).TotalSeconds, 1);
                    }

                    known[replica] = now;
                }
                catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException
                    or IOException)
                {
                    // That one is down, or frozen.
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), load.Time, CancellationToken.None);
        }

        return (count, last);
    }
}
