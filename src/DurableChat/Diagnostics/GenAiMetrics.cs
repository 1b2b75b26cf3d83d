using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>
/// Model calls as metrics, by the names of OpenTelemetry's semantic conventions for generative AI, so that dashboards
/// made for those show them. Each attempt counts. Thread-safe.
/// </summary>
internal sealed class GenAiMetrics
{
    /// <summary>
    /// Why a call ended that was neither answered nor failed: it was stopped, handed over, or its chat had moved on.
    /// </summary>
    public const string Cancelled = "cancelled";

    /// <summary>The conventions' own bounds.</summary>
    private static readonly long[] _tokenBounds =
        [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

    /// <inheritdoc cref="_tokenBounds"/>
    private static readonly double[] _durationBounds =
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    private readonly Histogram<long> _tokens;
    private readonly Histogram<double> _duration;

    public GenAiMetrics(Meter meter)
    {
        _tokens = meter.CreateHistogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens of a model call, by kind, as its provider counted them.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = _tokenBounds });
        _duration = meter.CreateHistogram(
            "gen_ai.client.operation.duration",
            "s",
            "Time of a model call from its request to its end.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = _durationBounds });
    }

    /// <summary>Notes a call that has ended.</summary>
    /// <param name="call">Which model was called, and which one answered.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="error">The code of its failure, or <see cref="Cancelled"/>; null if it was answered.</param>
    /// <param name="tokens">Input and output, as far as the provider counted; null if it did not.</param>
    public void Ended(ModelCall call, TimeSpan elapsed, string? error, (long Input, long Output)? tokens)
    {
        var tags = call.Tags();
        if (tokens is { } counted)
        {
            _tokens.Record(counted.Input, With(tags, "gen_ai.token.type", "input"));
            _tokens.Record(counted.Output, With(tags, "gen_ai.token.type", "output"));
        }

        _duration.Record(elapsed.TotalSeconds, error is null ? tags : With(tags, "error.type", error));
    }

    /// <summary>A copy, since a list of tags is a value, with one more.</summary>
    private static TagList With(TagList tags, string name, string value)
    {
        tags.Add(name, value);
        return tags;
    }
}
