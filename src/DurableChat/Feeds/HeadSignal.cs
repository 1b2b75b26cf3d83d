namespace DurableChat.Feeds;

/// <summary>
/// Wakes all callers that wait for a feed to change. It carries no data and coalesces: each woken caller looks at the
/// feed. A waiter passes the revision it has seen, so that a change between its look and its wait is not lost.
/// Thread-safe.
/// </summary>
/// <remarks>
/// Waiters continue in groups: one after another on a thread, each until its next wait, so that one thread switch
/// serves many.
/// </remarks>
internal sealed class HeadSignal
{
    /// <summary>
    /// How many waiters continue one after another: few enough that a free core finds some to take over, and that the
    /// last does not wait long.
    /// </summary>
    private const int WaitersPerGroup = 32;

    private readonly object _gate = new();
    private long _revision;
    private List<Waiter>? _waiters;

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

    /// <summary>Records that the feed has changed. Waiters continue on another stack, never on the caller's.</summary>
    public void Raise()
    {
        List<Waiter>? waiters;
        lock (_gate)
        {
            _revision++;
            waiters = _waiters;
            _waiters = null;
        }

        for (var first = 0; first < (waiters?.Count ?? 0); first += WaitersPerGroup)
        {
            GoOnElsewhere(static group => ((Group)group!).Wake(), new Group(waiters!, first));
        }
    }

    /// <summary>
    /// Completes as soon as the revision differs from <paramref name="seen"/>. The awaiting code must not block,
    /// because other waiters continue after it.
    /// </summary>
    public Task WaitAsync(long seen, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        Waiter waiter;
        lock (_gate)
        {
            if (_revision != seen)
            {
                return Task.CompletedTask;
            }

            waiter = new Waiter(this, _waiters ??= [], cancellationToken);
        }

        waiter.ListenForCancellation();
        return waiter.Task;
    }

    /// <summary>
    /// Completes like the other overload, or when the patience is over. The inner wait stays registered until the next
    /// change or the end, which costs less than removing it.
    /// </summary>
    public async Task WaitAsync(long seen, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task changed = WaitAsync(seen, cancellationToken);
        await Task.WhenAny(changed, Task.Delay(patience, time, waiting.Token)).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // A task rather than a work item, so that a test can explore how it interleaves with others.
    private static void GoOnElsewhere(Action<object?> action, object state) =>
        _ = Task.Factory.StartNew(
            action,
            state,
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach | TaskCreationOptions.PreferFairness,
            TaskScheduler.Default);

    private sealed record Group(List<Waiter> Waiters, int First)
    {
        public void Wake()
        {
            var end = Math.Min(First + WaitersPerGroup, Waiters.Count);
            for (var index = First; index < end; index++)
            {
                Waiters[index].Wake();
            }
        }
    }

    /// <summary>One wait. Its continuation runs where it is completed.</summary>
    private sealed class Waiter
    {
        private readonly TaskCompletionSource _completion = new();
        private readonly HeadSignal _signal;
        private readonly List<Waiter> _list;
        private readonly CancellationToken _cancellationToken;
        private CancellationTokenRegistration _registration;
        private int _isListening;
        private int _index;

        /// <summary>Needs the signal's lock.</summary>
        public Waiter(HeadSignal signal, List<Waiter> list, CancellationToken cancellationToken)
        {
            _signal = signal;
            _list = list;
            _cancellationToken = cancellationToken;
            _index = list.Count;
            list.Add(this);
        }

        public void ListenForCancellation()
        {
            if (!_cancellationToken.CanBeCanceled)
            {
                return;
            }

            _registration = _cancellationToken.UnsafeRegister(static waiter => ((Waiter)waiter!).GiveUp(), this);
            Interlocked.Exchange(ref _isListening, 1);
            if (_completion.Task.IsCompleted)
            {
                _registration.Unregister();
            }
        }

        public Task Task => _completion.Task;

        public void Wake()
        {
            // If it is not listening yet, it will see that it is completed.
            if (Volatile.Read(ref _isListening) != 0)
            {
                _registration.Unregister();
            }

            _completion.TrySetResult();
        }

        private void Cancel() => _completion.TrySetCanceled(_cancellationToken);

        private void GiveUp()
        {
            lock (_signal._gate)
            {
                // A list that was taken out stays unchanged for the code that wakes its waiters.
                if (ReferenceEquals(_list, _signal._waiters))
                {
                    var last = _list[^1];
                    _list[_index] = last;
                    last._index = _index;
                    _list.RemoveAt(_list.Count - 1);
                }
            }

            // The cancelling code continues immediately, because the waiter may have much to clean up.
            GoOnElsewhere(static waiter => ((Waiter)waiter!).Cancel(), this);
        }
    }
}
