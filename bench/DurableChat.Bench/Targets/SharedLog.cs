namespace DurableChat.Bench.Targets;

/// <summary>
/// The newest events of a chat as shared bytes, and a signal that wakes all who wait for more. Thread-safe; one
/// publisher.
/// </summary>
internal sealed class SharedLog
{
    private const int Kept = 4096;
    private readonly object _gate = new();
    private readonly byte[][] _events = new byte[Kept][];
    private long _head;
    private TaskCompletionSource? _waiters;

    /// <summary>How many there have been.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>One of the newest.</summary>
    public byte[] this[long number] => _events[number % Kept];

    public void Publish(byte[] bytes)
    {
        TaskCompletionSource? waiters;
        lock (_gate)
        {
            _events[_head % Kept] = bytes;
            Volatile.Write(ref _head, _head + 1);
            waiters = _waiters;
            _waiters = null;
        }

        waiters?.TrySetResult();
    }

    /// <summary>Completes as soon as there is one after <paramref name="seen"/>.</summary>
    public Task WaitAsync(long seen)
    {
        lock (_gate)
        {
            return _head > seen
                ? Task.CompletedTask
                : (_waiters ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
