namespace DurableChat.ScaleTest.Measuring;

/// <summary>Percentiles of a histogram with buckets.</summary>
internal static class HistogramPercentile
{
    /// <summary>
    /// A percentile of what was counted between two readings, in the histogram's unit: linear within the bucket, as
    /// Prometheus' <c>histogram_quantile</c> does it. Null if nothing was counted; the highest finite bound if it lies
    /// above that.
    /// </summary>
    public static double? Between(
        SortedDictionary<double, double> before,
        SortedDictionary<double, double> after,
        double percentile)
    {
        var total = after.Count == 0 ? 0 : after.Values.Last() - (before.Count == 0 ? 0 : before.Values.Last());
        if (total <= 0)
        {
            return null;
        }

        var rank = percentile / 100 * total;
        double lower = 0, counted = 0;
        foreach (var (bound, cumulative) in after)
        {
            var here = cumulative - before.GetValueOrDefault(bound);
            if (here >= rank)
            {
                return double.IsInfinity(bound)
                    ? lower
                    : lower + ((bound - lower) * (here > counted ? (rank - counted) / (here - counted) : 1));
            }

            counted = here;
            lower = bound;
        }

        return lower;
    }
}
