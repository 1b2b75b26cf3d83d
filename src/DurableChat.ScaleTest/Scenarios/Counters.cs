using System.Collections.Concurrent;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>What the test itself counts. Thread-safe.</summary>
internal sealed class Counters
{
    private readonly ConcurrentQueue<string> _timedOut = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private long _requested;
    private long _completed;
    private long _failed;
    private long _events;
    private long _cuts;
    private long _streamsFailed;
    private long _streamsEnded;

    public long Requested => Interlocked.Read(ref _requested);

    public long Completed => Interlocked.Read(ref _completed);

    public long Failed => Interlocked.Read(ref _failed);

    public long Events => Interlocked.Read(ref _events);

    /// <summary>Connections that the test broke on purpose.</summary>
    public long Cuts => Interlocked.Read(ref _cuts);

    /// <summary>Connections that broke or could not be made, without the test's doing.</summary>
    public long StreamsFailed => Interlocked.Read(ref _streamsFailed);

    /// <summary>Streams that the server ended in an orderly way.</summary>
    public long StreamsEnded => Interlocked.Read(ref _streamsEnded);

    /// <summary>Chats of which a turn did not end in time, and how they stood then.</summary>
    public IReadOnlyCollection<string> TimedOut => _timedOut;

    /// <summary>Why chats took no further part, or were not checked.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    public void Failure(string why) => _failures.Enqueue(why);

    public void TurnRequested() => Interlocked.Increment(ref _requested);

    public void TurnAbandoned() => Interlocked.Decrement(ref _requested);

    public void TurnEnded(bool isAnswered) => Interlocked.Increment(ref isAnswered ? ref _completed : ref _failed);

    public void TurnTimedOut(string chat) => _timedOut.Enqueue(chat);

    public void Delivered() => Interlocked.Increment(ref _events);

    public void Cut(int count) => Interlocked.Add(ref _cuts, count);

    public void StreamFailed() => Interlocked.Increment(ref _streamsFailed);

    public void StreamEnded() => Interlocked.Increment(ref _streamsEnded);
}
