namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>
/// What a signal does to a process, for a replica within this one. Whatever the replica waits for outside of itself
/// (its clock, the database, the channel, other replicas) it waits for behind this: while it is frozen nothing reaches
/// it, and what was due comes once it goes on; after it is killed nothing ever does, as if it had ended there.
/// Thread-safe.
/// </summary>
#pragma warning disable CA1001 // What a killed replica leaves behind still holds its tokens; none has a timer.
internal sealed class ReplicaPower
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _killed = new();
    private readonly Queue<Action> _held = new();
    private TaskCompletionSource? _frozen;

    /// <summary>Cancelled when it is killed.</summary>
    public CancellationToken Killed => _killed.Token;

    /// <summary>
    /// Completes at once while it runs, when it goes on if it is frozen, and never once it is killed.
    /// </summary>
    public Task WaitAsync()
    {
        lock (_lock)
        {
            return _frozen?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Calls what came from outside: now, when it goes on, or never.</summary>
    public void Run(Action call)
    {
        lock (_lock)
        {
            if (_frozen is not null)
            {
                if (!_killed.IsCancellationRequested)
                {
                    _held.Enqueue(call);
                }

                return;
            }
        }

        call();
    }

    public void Freeze()
    {
        lock (_lock)
        {
            _frozen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Resume()
    {
        TaskCompletionSource? frozen;
        List<Action> held;
        lock (_lock)
        {
            if (_killed.IsCancellationRequested)
            {
                return;
            }

            (frozen, _frozen) = (_frozen, null);
            held = [.. _held];
            _held.Clear();
        }

        held.ForEach(call => call());
        frozen?.TrySetResult();
    }

    public void Kill()
    {
        Freeze();
        lock (_lock)
        {
            _held.Clear();
        }

        _killed.Cancel();
    }
}
