namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// Where large bodies wait for a processor. At most half of the processors serve a lane, and the rest stays for small
/// requests. Owners take turns, so one with many bodies waits behind its own. Small bodies do not come here.
/// Thread-safe.
/// </summary>
internal sealed class BodyLane
{
    /// <summary>A larger body waits in the lanes.</summary>
    public const int SmallBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedList<TaskCompletionSource>> _waiting = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _turns = new();
    private int _free;

    /// <summary>Makes one for this machine.</summary>
    public BodyLane()
        : this(PlacesHere)
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="places">How many bodies are served at once.</param>
    public BodyLane(int places) => _free = places;

    /// <summary>How many bodies this machine serves at once in each lane.</summary>
    public static int PlacesHere { get; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many owners wait.</summary>
    public int Owners
    {
        get
        {
            lock (_gate)
            {
                return _turns.Count;
            }
        }
    }

    /// <summary>Waits for a place. The caller must give it back with <see cref="Leave"/>.</summary>
    public ValueTask EnterAsync(string owner, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return ValueTask.CompletedTask;
            }
        }

        return new ValueTask(WaitAsync(owner, cancellationToken));
    }

    /// <summary>Gives the place to the owner whose turn it is.</summary>
    public void Leave()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            next = TakeNextLocked();
            if (next is null)
            {
                _free++;
            }
        }

        next?.SetResult();
    }

    private async Task WaitAsync(string owner, CancellationToken cancellationToken)
    {
        var waiter = new LinkedListNode<TaskCompletionSource>(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            // A place may have become free since.
            if (_free > 0)
            {
                _free--;
                return;
            }

            AddLocked(owner, waiter);
        }

        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(owner, waiter, cancellationToken), null);
        await waiter.Value.Task;
    }

    /// <summary>Takes one out of the line, unless it has got its place: then its owner leaves as usual.</summary>
    private void GiveUp(string owner, LinkedListNode<TaskCompletionSource> waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.List is null)
            {
                return;
            }

            var line = waiter.List;
            line.Remove(waiter);
            if (line.Count == 0)
            {
                _waiting.Remove(owner);
                _turns.Remove(owner);
            }
        }

        waiter.Value.SetCanceled(cancellationToken);
    }

    private void AddLocked(string owner, LinkedListNode<TaskCompletionSource> waiter)
    {
        if (!_waiting.TryGetValue(owner, out var line))
        {
            _waiting.Add(owner, line = new LinkedList<TaskCompletionSource>());
            _turns.AddLast(owner);
        }

        line.AddLast(waiter);
    }

    private TaskCompletionSource? TakeNextLocked()
    {
        if (_turns.First?.Value is not { } owner)
        {
            return null;
        }

        _turns.RemoveFirst();
        var line = _waiting[owner];
        var next = line.First!.Value;
        line.RemoveFirst();
        if (line.Count == 0)
        {
            _waiting.Remove(owner);
        }
        else
        {
            _turns.AddLast(owner);
        }

        return next;
    }
}
