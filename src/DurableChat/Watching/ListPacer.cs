namespace DurableChat.Watching;

/// <summary>
/// Spreads the reads of owners' lists over time: a fixed number of owners per round, ten rounds a second, each owner
/// once, in the order of the requests. With few requests, each owner is served immediately. When all lists must be
/// read, for example while the notification channel is down, the database gets a steady small load. Thread-safe.
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

    /// <summary>Queues an owner. An owner that is already queued is not queued twice.</summary>
    public void Ask(string owner) => Ask([owner]);

    /// <summary>Queues each of the owners.</summary>
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
