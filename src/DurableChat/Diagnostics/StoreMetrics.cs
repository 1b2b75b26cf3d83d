using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using DurableChat.Storage;

namespace DurableChat.Diagnostics;

/// <summary>
/// Metrics of a store, recorded by the store itself. Statements are those that read or write data: BEGIN, COMMIT and
/// SAVEPOINT do not count. Thread-safe.
/// </summary>
public sealed class StoreMetrics
{
    private readonly Counter<long> _statements;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _reads;
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _batches;
    private readonly TagList[] _readTags = [.. Enum.GetValues<ReadReason>().Select(TagsOf)];

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">The host's factory. Null creates a meter without one.</param>
    public StoreMetrics(IMeterFactory? meters = null)
    {
        var meter = DurableChatMeter.Create(meters);
        _statements = meter.CreateCounter<long>(
            "durablechat.store.statements", description: "SQL statements, by operation.");
        _commits = meter.CreateCounter<long>(
            "durablechat.store.commits", description: "Transitions given to the store, by result.");
        _reads = meter.CreateCounter<long>(
            "durablechat.message.reads",
            description: "Reads of messages, by reason and by the route on whose behalf they happen.");
        _duration = meter.CreateHistogram(
            "durablechat.store.commit.duration",
            "s",
            "Time from giving a transition to the store to its durable commit, waiting in line included.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurableChatMeter.ShortTimes });
        _batches = meter.CreateHistogram(
            "durablechat.store.batch",
            "{statement}",
            "Statements that went to the database together.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });
        foreach (var tags in _readTags)
        {
            // A counter without measurements is not exported, but readers of the metrics should see a zero.
            _reads.Add(0, tags);
        }
    }

    /// <summary>Counts statements.</summary>
    public void Statements(string operation, int count = 1) =>
        _statements.Add(count, new KeyValuePair<string, object?>("operation", operation));

    /// <summary>Records how many statements were sent to the database together.</summary>
    public void Batch(int statements) => _batches.Record(statements);

    /// <summary>Counts a read of messages.</summary>
    public void MessageRead(ReadReason reason) => _reads.Add(1, _readTags[(int)reason]);

    /// <summary>Records a commit.</summary>
    /// <param name="result">The result. Null if the commit failed.</param>
    /// <param name="started">The <see cref="Stopwatch"/> timestamp of its start.</param>
    public void Commit(CommitResult? result, long started)
    {
        var name = result switch
        {
            CommitResult.Committed => "committed",
            CommitResult.Conflict => "conflict",
            CommitResult.Repeated => "repeated",
            CommitResult.TooManyChats => "refused",
            _ => "failed",
        };
        _commits.Add(1, new KeyValuePair<string, object?>("result", name));
        _duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static TagList TagsOf(ReadReason reason) => new()
    {
        { "reason", JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()) },
        {
            "route",
            reason switch
            {
                ReadReason.Initial or ReadReason.CatchUp or ReadReason.RemoteCatchUp or ReadReason.FullRefresh =>
                    "stream",
                ReadReason.Worker => "worker",
                _ => "messages",
            }
        },
    };
}
