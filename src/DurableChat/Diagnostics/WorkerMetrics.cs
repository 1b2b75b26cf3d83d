using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>What the worker does, as metrics. Thread-safe.</summary>
internal sealed class WorkerMetrics
{
    private readonly Counter<long> _turns;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _takeovers;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _generation;
    private readonly Histogram<double> _firstPart;

    public WorkerMetrics(IMeterFactory? meters)
    {
        var meter = DurableChatMeter.Create(meters);
        _turns = meter.CreateCounter<long>("durablechat.turns", description: "Turns that ended, by outcome.");
        _attempts = meter.CreateCounter<long>("durablechat.generation.failures", description: "Model calls that failed, by error code.");
        _takeovers = meter.CreateCounter<long>("durablechat.takeovers", description: "Chats taken that nobody drove.");
        _active = meter.CreateUpDownCounter<long>("durablechat.turns.active", description: "Turns this replica drives.");
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = DurableChatMeter.LongTimes };
        _generation = meter.CreateHistogram("durablechat.generation.duration", "s", "Time of a model call from its request to its end.", advice: advice);
        _firstPart = meter.CreateHistogram("durablechat.generation.first_part", "s", "Time of a model call from its request to its first part.", advice: advice);
    }

    public void RunStarted() => _active.Add(1);

    public void RunEnded() => _active.Add(-1);

    public void TurnEnded(string outcome) => _turns.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void GenerationFailed(string code) => _attempts.Add(1, new KeyValuePair<string, object?>("code", code));

    public void TookOver() => _takeovers.Add(1);

    public void FirstPart(string model, TimeSpan elapsed) => _firstPart.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("model", model));

    public void GenerationEnded(string model, TimeSpan elapsed) => _generation.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("model", model));
}
