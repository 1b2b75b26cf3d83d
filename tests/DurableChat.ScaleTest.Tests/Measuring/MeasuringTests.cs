using DurableChat.ScaleTest.Measuring;
using Xunit;

namespace DurableChat.ScaleTest.Tests.Measuring;

/// <summary>Reading metrics.</summary>
public sealed class MeasuringTests
{
    private const string Text =
        """
        # TYPE durablechat_message_reads_total counter
        durablechat_message_reads_total{otel_scope_name="DurableChat",reason="initial",route="stream"} 3 1700000000000
        durablechat_message_reads_total{otel_scope_name="DurableChat",reason="catch_up",route="stream"} 4
        durablechat_store_pool_in_use 7
        wait_bucket{le="0.1"} 50
        wait_bucket{le="0.2"} 90
        wait_bucket{le="+Inf"} 100
        """;

    [Fact]
    public void Series_are_added_up_by_name_and_label()
    {
        var read = PrometheusText.Read([Text, Text]);
        Assert.Equal(14, read.Sum("durablechat_message_reads_total"));
        Assert.Equal(6, read.Sum("durablechat_message_reads_total", "reason=\"initial\""));
        Assert.Equal(14, read.Sum("durablechat_store_pool_in_use"));
        Assert.Equal(0, read.Sum("missing"));
        Assert.False(read.Has("missing"));
    }

    [Theory]
    [InlineData(25, 0.05)]
    [InlineData(50, 0.1)]
    [InlineData(70, 0.15)]
    [InlineData(99, 0.2)]
    public void Percentiles_are_linear_within_a_bucket(double percentile, double expected) =>
        Assert.Equal(expected, HistogramPercentile.Between([], PrometheusText.Read([Text]).Buckets("wait"), percentile)!.Value, 6);

    [Fact]
    public void Only_what_was_counted_between_the_readings_counts()
    {
        var before = new SortedDictionary<double, double> { [1] = 100, [2] = 100, [double.PositiveInfinity] = 100 };
        var after = new SortedDictionary<double, double> { [1] = 100, [2] = 110, [double.PositiveInfinity] = 110 };
        Assert.Equal(1.5, HistogramPercentile.Between(before, after, 50)!.Value, 6);
        Assert.Null(HistogramPercentile.Between(after, after, 50));
    }

    [Fact]
    public void Latencies_of_an_interval_are_forgotten_once_taken()
    {
        var recorder = new LatencyRecorder();
        Assert.Null(recorder.Percentile(50));
        recorder.Record(TimeSpan.FromMilliseconds(10));
        Assert.Equal(10, recorder.TakeRecent().Median!.Value, 0.1);
        Assert.Null(recorder.TakeRecent().Median);
        Assert.Equal(10, recorder.Percentile(99)!.Value, 0.1);
    }
}
