using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DurableChat.PostgreSql;

/// <summary>Metrics of the connection pool. Thread-safe.</summary>
internal sealed class PoolMetrics
{
    private readonly Histogram<double> _wait;
    private int _inUse;
    private int _peak;

    public PoolMetrics(Meter meter, int max)
    {
        _wait = meter.CreateHistogram(
            "durablechat.store.pool.wait",
            "s",
            "Time until a statement had its connection.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });
        meter.CreateObservableUpDownCounter("durablechat.store.pool.max", () => max, description: "Connections the pool may have.");
        meter.CreateObservableUpDownCounter("durablechat.store.pool.in_use", () => Volatile.Read(ref _inUse), description: "Connections that run a statement.");
        meter.CreateObservableUpDownCounter("durablechat.store.pool.peak", () => Volatile.Read(ref _peak), description: "The most connections that ran a statement at once, since the start.");
    }

    /// <summary>Records how long a statement waited for its connection.</summary>
    /// <param name="since">The <see cref="Stopwatch"/> timestamp when the wait began.</param>
    public void Waited(long since) => _wait.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);

    public PoolMetrics Lend()
    {
        var inUse = Interlocked.Increment(ref _inUse);
        for (var peak = Volatile.Read(ref _peak); inUse > peak; peak = Volatile.Read(ref _peak))
        {
            Interlocked.CompareExchange(ref _peak, inUse, peak);
        }

        return this;
    }

    public void Return() => Interlocked.Decrement(ref _inUse);
}
