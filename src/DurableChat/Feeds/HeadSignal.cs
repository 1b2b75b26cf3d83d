namespace DurableChat.Feeds;

/// <summary>
/// Wakes everyone who waits for a feed to change. It carries no data and coalesces: whoever wakes up looks at the feed. A waiter names the revision it has
/// seen, so that what happens between its look and its wait is not lost. Thread-safe.
/// </summary>
internal sealed class HeadSignal
{
    private readonly object _gate = new();
    private long _revision;
    private TaskCompletionSource? _waiters;

    /// <summary>How often the feed has changed.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
            {
                return _revision;
            }
        }
    }

    /// <summary>Says that the feed has changed. Waiters go on elsewhere, never on the caller's stack.</summary>
    public void Raise()
    {
        TaskCompletionSource? waiters;
        lock (_gate)
        {
            _revision++;
            waiters = _waiters;
            _waiters = null;
        }

        waiters?.TrySetResult();
    }

    /// <summary>Completes as soon as the revision is another than <paramref name="seen"/>.</summary>
    public Task WaitAsync(long seen, CancellationToken cancellationToken)
    {
        TaskCompletionSource waiters;
        lock (_gate)
        {
            if (_revision != seen)
            {
                return Task.CompletedTask;
            }

            waiters = _waiters ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return waiters.Task.WaitAsync(cancellationToken);
    }
}
