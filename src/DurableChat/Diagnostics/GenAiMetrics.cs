using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>
/// Metrics of model calls, named after OpenTelemetry's semantic conventions for generative AI, so that existing
/// dashboards show them. Each attempt counts. Thread-safe.
/// </summary>
internal sealed class GenAiMetrics
{
    /// <summary>
    /// The error type of a call that neither completed nor failed: it was stopped or handed over, or its chat had moved
    /// on.
    /// </summary>
    public const string Cancelled = "cancelled";

    /// <summary>The bucket bounds that the conventions define.</summary>
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

    /// <summary>Records the end of a call.</summary>
    /// <param name="call">The model that was requested and the model that answered.</param>
    /// <param name="elapsed">How long the call took.</param>
    /// <param name="error">The error code, or <see cref="Cancelled"/>. Null if the call succeeded.</param>
    /// <param name="tokens">Input and output tokens. Null if the provider did not report them.</param>
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

    /// <summary>Returns a copy of the tags with one more tag.</summary>
    private static TagList With(TagList tags, string name, string value)
    {
        tags.Add(name, value);
        return tags;
    }
}
