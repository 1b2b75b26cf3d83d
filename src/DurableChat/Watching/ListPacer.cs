namespace DurableChat.Watching;

/// <summary>
/// Spreads the owners whose lists must be read again: so many of them in a round, ten rounds a second, each owner once, in the order in which they came. While few are asked for, each has its turn at
/// once; when all are, as while the channel is down, the database sees a steady trickle. Thread-safe.
/// </summary>
internal sealed class ListPacer(TimeProvider time, int listsPerRound, Action<string> act)
{
    private static readonly TimeSpan _round = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();

    // Guarded by _gate.
    private readonly Queue<string> _line = new();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private bool _isRunning;

    /// <summary>How many owners wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _line.Count;
            }
        }
    }

    /// <summary>Asks for an owner's turn; one who waits already has it once.</summary>
    public void Ask(string owner) => Ask([owner]);

    /// <summary>Asks for a turn for each.</summary>
    public void Ask(IEnumerable<string> owners)
    {
        lock (_gate)
        {
            foreach (var owner in owners)
            {
                if (_waiting.Add(owner))
                {
                    _line.Enqueue(owner);
                }
            }

            if (_isRunning || _line.Count == 0)
            {
                return;
            }

            _isRunning = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            foreach (var owner in TakeRound())
            {
                act(owner);
            }

            await Task.Delay(_round, time).ConfigureAwait(false);
            lock (_gate)
            {
                _isRunning = _line.Count > 0;
                if (!_isRunning)
                {
                    return;
                }
            }
        }
    }

    private List<string> TakeRound()
    {
        var round = new List<string>(listsPerRound);
        lock (_gate)
        {
            while (round.Count < listsPerRound && _line.TryDequeue(out var owner))
            {
                _waiting.Remove(owner);
                round.Add(owner);
            }
        }

        return round;
    }
}
