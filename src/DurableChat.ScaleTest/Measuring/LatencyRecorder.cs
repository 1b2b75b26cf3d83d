using HdrHistogram;

namespace DurableChat.ScaleTest.Measuring;

/// <summary>
/// Records times, from 1 µs to 1 h with three digits, over the whole run and over the time since it was last asked.
/// Thread-safe.
/// </summary>
internal sealed class LatencyRecorder
{
    private const long MaxMicroseconds = 3_600_000_000;
    private readonly Lock _lock = new();
    private readonly LongHistogram _all = new(MaxMicroseconds, 3);
    private readonly LongHistogram _recent = new(MaxMicroseconds, 2);

    public void Record(TimeSpan elapsed)
    {
        var microseconds = Math.Clamp((long)elapsed.TotalMicroseconds, 1, MaxMicroseconds);
        lock (_lock)
        {
            _all.RecordValue(microseconds);
            _recent.RecordValue(microseconds);
        }
    }

    /// <summary>A percentile of the whole run, in milliseconds; null if nothing was recorded.</summary>
    public double? Percentile(double percentile)
    {
        lock (_lock)
        {
            return Read(_all, percentile);
        }
    }

    /// <summary>
    /// The median and the 99th percentile since the last call, in milliseconds; null if nothing was recorded.
    /// </summary>
    public (double? Median, double? P99) TakeRecent()
    {
        lock (_lock)
        {
            var taken = (Read(_recent, 50), Read(_recent, 99));
            _recent.Reset();
            return taken;
        }
    }

    private static double? Read(LongHistogram histogram, double percentile) =>
        histogram.TotalCount == 0 ? null : Math.Round(histogram.GetValueAtPercentile(percentile) / 1000.0, 2);
}
