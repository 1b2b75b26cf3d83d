namespace DurableChat.ScaleTest.Mock;

/// <summary>What the mock model served. Thread-safe.</summary>
internal sealed class MockStatistics
{
    private const int MaxBadHistories = 20;
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _badHistories = new();
    private long _requests;
    private long _completed;
    private long _errors;
    private long _disconnects;
    private long _cancelled;
    private long _toolCalls;
    private long _chunks;
    private int _active;
    private int _peak;

    public void Started()
    {
        Interlocked.Increment(ref _requests);
        var active = Interlocked.Increment(ref _active);
        var peak = Volatile.Read(ref _peak);
        while (active > peak)
        {
            var seen = Interlocked.CompareExchange(ref _peak, active, peak);
            if (seen == peak)
            {
                break;
            }

            peak = seen;
        }
    }

    /// <summary>A request had a history that a provider would refuse.</summary>
    public void FoundBadHistory(string fault)
    {
        if (_badHistories.Count < MaxBadHistories)
        {
            _badHistories.Enqueue(fault);
        }
    }

    public void Ended() => Interlocked.Decrement(ref _active);

    public void Completed() => Interlocked.Increment(ref _completed);

    public void Refused() => Interlocked.Increment(ref _errors);

    public void Disconnected() => Interlocked.Increment(ref _disconnects);

    public void Cancelled() => Interlocked.Increment(ref _cancelled);

    public void ToolsCalled(int count) => Interlocked.Add(ref _toolCalls, count);

    public void ChunksSent(int count) => Interlocked.Add(ref _chunks, count);

    public MockReport Read() => new(
        Interlocked.Read(ref _requests),
        Interlocked.Read(ref _completed),
        Interlocked.Read(ref _errors),
        Interlocked.Read(ref _disconnects),
        Interlocked.Read(ref _cancelled),
        Interlocked.Read(ref _toolCalls),
        Interlocked.Read(ref _chunks),
        Volatile.Read(ref _active),
        Volatile.Read(ref _peak),
        [.. _badHistories]);
}

/// <summary>What was served so far.</summary>
/// <param name="Requests">Requests for an answer.</param>
/// <param name="Completed">Answers sent whole.</param>
/// <param name="Errors">Requests refused on purpose.</param>
/// <param name="Disconnects">Answers broken off on purpose.</param>
/// <param name="Cancelled">Answers that the client broke off.</param>
/// <param name="ToolCalls">Tool calls asked for.</param>
/// <param name="Chunks">Chunks of answers.</param>
/// <param name="Active">Answers in flight.</param>
/// <param name="PeakActive">The most that were in flight at once.</param>
/// <param name="BadHistories">Why providers would have refused histories; the first of them.</param>
internal sealed record MockReport(
    long Requests,
    long Completed,
    long Errors,
    long Disconnects,
    long Cancelled,
    long ToolCalls,
    long Chunks,
    int Active,
    int PeakActive,
    IReadOnlyList<string> BadHistories);
