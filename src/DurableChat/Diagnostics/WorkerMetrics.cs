using System.Diagnostics.Metrics;

namespace DurableChat.Diagnostics;

/// <summary>Metrics of the worker. Thread-safe.</summary>
internal sealed class WorkerMetrics
{
    private readonly Counter<long> _turns;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _takeovers;
    private readonly Counter<long> _notTaken;
    private readonly Counter<long> _mismatches;
    private readonly Counter<long> _commitFailures;
    private readonly Counter<long> _repaid;
    private readonly Meter _meter;
    private int _leasesWithoutRun;
    private Func<TimeSpan> _oldestRun = () => TimeSpan.Zero;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _generation;
    private readonly Histogram<double> _firstPart;

    public WorkerMetrics(IMeterFactory? meters = null)
    {
        var meter = _meter = DurableChatMeter.Create(meters);
        Models = new GenAiMetrics(meter);
        _turns = meter.CreateCounter<long>("durablechat.turns", description: "Turns that ended, by outcome.");
        _attempts = meter.CreateCounter<long>(
            "durablechat.generation.failures", description: "Model calls that failed, by error code.");
        _fallbacks = meter.CreateCounter<long>(
            "durablechat.generation.fallbacks",
            description: "Model calls that another model answers, by the model that failed, the one that answers, and "
                + "the error code.");
        _takeovers = meter.CreateCounter<long>("durablechat.takeovers", description: "Chats taken that nobody drove.");
        _notTaken = meter.CreateCounter<long>(
            "durablechat.takeovers.failed", description: "Attempts to take a chat that failed.");
        _mismatches = meter.CreateCounter<long>(
            "durablechat.leases.mismatched",
            description: "Chats whose lease and run did not fit when they were compared: an event was late or lost.");
        _commitFailures = meter.CreateCounter<long>(
            "durablechat.worker.commit_failures",
            description: "Commits of answers and results that failed and were tried again.");
        _repaid = meter.CreateCounter<long>(
            "durablechat.tokens.repaid",
            description: "Tokens paid for again because an attempt that had given parts was repeated, by cause and "
                + "type. Estimated where no provider counts.");
        _active = meter.CreateUpDownCounter<long>(
            "durablechat.turns.active", description: "Turns this replica drives.");
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = DurableChatMeter.LongTimes };
        _generation = meter.CreateHistogram(
            "durablechat.generation.duration",
            "s",
            "Time of a model call from its request to its end.",
            advice: advice);
        _firstPart = meter.CreateHistogram(
            "durablechat.generation.first_part",
            "s",
            "Time of a model call from its request to its first part.",
            advice: advice);
    }

    /// <summary>Metrics of model calls, named after OpenTelemetry's conventions.</summary>
    public GenAiMetrics Models { get; }

    public void RunStarted() => _active.Add(1);

    public void RunEnded() => _active.Add(-1);

    public void TurnEnded(string outcome) => _turns.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void GenerationFailed(string code) => _attempts.Add(1, new KeyValuePair<string, object?>("code", code));

    public void FellBack(string model, string fallback, string code) => _fallbacks.Add(
        1,
        new KeyValuePair<string, object?>("model", model),
        new KeyValuePair<string, object?>("fallback", fallback),
        new KeyValuePair<string, object?>("code", code));

    public void TookOver() => _takeovers.Add(1);

    public void NotTaken() => _notTaken.Add(1);

    /// <summary>How many chats had a lease of this replica but no run at the last comparison.</summary>
    public int LeasesWithoutRun => Volatile.Read(ref _leasesWithoutRun);

    /// <summary>The age of the oldest turn that this replica drives. Zero if it drives none.</summary>
    public TimeSpan OldestRun => _oldestRun();

    /// <summary>
    /// Records the mismatches between leases and runs that both this comparison and the previous one have found.
    /// </summary>
    public void Compared(int leasesWithoutRun, int runsWithoutLease)
    {
        Volatile.Write(ref _leasesWithoutRun, leasesWithoutRun);
        if (leasesWithoutRun + runsWithoutLease is > 0 and var found)
        {
            _mismatches.Add(found);
        }
    }

    /// <summary>Sets the sources of values that are read when they are measured.</summary>
    public void Observe(Func<TimeSpan> oldestRun, Func<int> feedsInDoubt)
    {
        _oldestRun = oldestRun;
        _meter.CreateObservableGauge(
            "durablechat.turns.oldest_age",
            () => oldestRun().TotalSeconds,
            "s",
            "Age of the oldest turn that this replica drives.");
        _meter.CreateObservableGauge(
            "durablechat.leases.without_run",
            () => LeasesWithoutRun,
            description: "Chats whose lease this replica held without driving them at the last comparison.");
        _meter.CreateObservableGauge(
            "durablechat.feeds.in_doubt",
            feedsInDoubt,
            description: "Chats in memory that serve nothing until their state is loaded.");
    }

    /// <summary>Counts tokens that were paid for again.</summary>
    public void Repaid(string cause, long input, long output)
    {
        var tag = new KeyValuePair<string, object?>("cause", cause);
        _repaid.Add(input, tag, new KeyValuePair<string, object?>("type", "input"));
        _repaid.Add(output, tag, new KeyValuePair<string, object?>("type", "output"));
    }

    public void CommitFailed() => _commitFailures.Add(1);

    public void FirstPart(string model, TimeSpan elapsed) =>
        _firstPart.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("model", model));

    public void GenerationEnded(string model, TimeSpan elapsed) =>
        _generation.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("model", model));
}
