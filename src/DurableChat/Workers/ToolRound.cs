using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>
/// The tool calls of one answer while a run drives them. Each call starts once, and a limited number run at the same
/// time. A result is held here until the chat shows that it is committed: a tool has effects, so it must not run again
/// because its result could not be written.
/// <code>
///   waiting ──start──▶ running ──▶ result held ──▶ committed (no longer pending in the chat)
///      │                  └──────▶ gave up, after Stop: its effects are unknown
///      └── after Stop: never started
/// </code>
/// Thread-safe.
/// </summary>
internal sealed class ToolRound : IDisposable
{
    private readonly object _gate = new();
    private readonly int _maxParallel;
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationToken _cancelled;
    private readonly Queue<(int Place, Func<CancellationToken, Task<ToolResultPart>> Run)> _waiting = new();
    private readonly HashSet<int> _known = [];
    private readonly HashSet<int> _begun = [];
    private readonly Dictionary<int, ToolResultPart> _results = [];
    private TaskCompletionSource _changed = NewSignal();
    private int _running;
    private bool _stopped;

    /// <summary>Creates a round without calls.</summary>
    /// <param name="generation">The generation whose answer makes the calls.</param>
    /// <param name="maxParallel">How many calls may run at the same time.</param>
    /// <param name="stopped">Cancelled when nothing that the run does counts any more.</param>
    public ToolRound(long generation, int maxParallel, CancellationToken stopped)
    {
        Generation = generation;
        _maxParallel = maxParallel;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(stopped);
        _cancelled = _cancel.Token;
    }

    /// <summary>The generation whose answer makes the calls.</summary>
    public long Generation { get; }

    /// <summary>True once no more calls start.</summary>
    public bool IsStopped
    {
        get
        {
            lock (_gate)
            {
                return _stopped;
            }
        }
    }

    /// <summary>True if the call has started, whatever its result.</summary>
    public bool HasBegun(int place)
    {
        lock (_gate)
        {
            return _begun.Contains(place);
        }
    }

    /// <summary>
    /// Adds a call, which starts as soon as there is capacity. Does nothing if the call is already known.
    /// </summary>
    public void Add(int place, Func<CancellationToken, Task<ToolResultPart>> run)
    {
        lock (_gate)
        {
            if (_known.Add(place))
            {
                _waiting.Enqueue((place, run));
                BeginNextLocked();
            }
        }
    }

    /// <summary>The results held for these places, in the same order.</summary>
    public IReadOnlyList<ToolResultPart> Held(IEnumerable<int> places)
    {
        lock (_gate)
        {
            return [.. places.Where(_results.ContainsKey).Select(place => _results[place])];
        }
    }

    /// <summary>Waits until a result is held for one of these places.</summary>
    public async Task<IReadOnlyList<ToolResultPart>> WaitAsync(
        IReadOnlyList<int> places,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (Held(places) is { Count: > 0 } held)
            {
                return held;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Starts no more calls, cancels running ones, and waits a limited time for them to return.</summary>
    public async Task StopAsync(TimeSpan patience, TimeProvider time)
    {
        lock (_gate)
        {
            _stopped = true;
            _waiting.Clear();
        }

        _ = _cancel.CancelAsync();
        using var limit = new CancellationTokenSource(patience, time);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_running == 0)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (limit.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Cancels running calls without waiting for them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            _waiting.Clear();
        }

        _ = CancelAsync();

        async Task CancelAsync()
        {
            await _cancel.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _cancel.Dispose();
        }
    }

    private void BeginNextLocked()
    {
        while (!_stopped && _running < _maxParallel && _waiting.TryDequeue(out var next))
        {
            _running++;
            _begun.Add(next.Place);

            // Start on another stack: a tool may compute for a long time before its first await.
            _ = Task.Run(() => RunAsync(next.Place, next.Run));
        }
    }

    private async Task RunAsync(int place, Func<CancellationToken, Task<ToolResultPart>> run)
    {
        ToolResultPart? result = null;
        try
        {
            result = await run(_cancelled).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_cancelled.IsCancellationRequested)
        {
            // The tool stopped because it was asked to. Its call has no result.
        }
        finally
        {
            TaskCompletionSource changed;
            lock (_gate)
            {
                _running--;
                if (result is not null)
                {
                    _results[place] = result;
                }

                BeginNextLocked();
                (changed, _changed) = (_changed, NewSignal());
            }

            changed.SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
