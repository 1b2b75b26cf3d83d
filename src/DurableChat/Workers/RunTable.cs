using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Workers;

/// <summary>The runs of this replica, at most one for each lease. Thread-safe.</summary>
internal sealed class RunTable(TimeProvider time)
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly Dictionary<ChatId, Run> _runs = [];
    private HashSet<(ChatId Chat, long Token)>? _ended;

    /// <summary>The number of runs.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _runs.Count;
            }
        }
    }

    /// <summary>All current runs, in no particular order.</summary>
    public IReadOnlyList<Run> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _runs.Values];
            }
        }
    }

    /// <summary>How long the oldest run has existed. Zero if there is none.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            var all = All;
            return all.Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(all.Min(run => run.StartedAt));
        }
    }

    /// <summary>Finds the run of a chat. Null if there is none.</summary>
    public Run? Find(ChatId chat)
    {
        lock (_gate)
        {
            return _runs.GetValueOrDefault(chat);
        }
    }

    /// <summary>Compares a chat's state with its run, and adds a run if one is missing, in one atomic step.</summary>
    /// <param name="chat">A state of the chat.</param>
    /// <param name="replica">This replica.</param>
    /// <param name="isPresent">See <see cref="RunFit.Of"/>.</param>
    /// <param name="mayStart">False if this replica starts no more runs.</param>
    /// <returns>What must be done, the run that existed, and the run that was added.</returns>
    public (RunFit Fit, Run? Present, Run? Started) Fit(Chat chat, string replica, bool isPresent, bool mayStart)
    {
        lock (_gate)
        {
            var present = _runs.GetValueOrDefault(chat.Id);
            var fit = RunFit.Of(chat, replica, present?.Token, isPresent);
            if (!fit.Starts || !mayStart)
            {
                return (fit, present, null);
            }

            var started = new Run(chat.Id, chat.Lease!.Token, time.GetTimestamp());
            _runs[chat.Id] = started;
            return (fit, present, started);
        }
    }

    /// <summary>Removes a run that has ended, unless another run has already replaced it.</summary>
    public void Remove(Run run)
    {
        lock (_gate)
        {
            _ended?.Add((run.Chat, run.Token));
            if (_runs.GetValueOrDefault(run.Chat) == run)
            {
                _runs.Remove(run.Chat);
            }
        }
    }

    /// <summary>
    /// Starts a comparison with the store: from now on the table records which runs end. One comparison at a time.
    /// </summary>
    /// <returns>The current runs, which the store should know.</returns>
    public IReadOnlyList<Run> BeginComparison()
    {
        lock (_gate)
        {
            _ended = [];
            return [.. _runs.Values];
        }
    }

    /// <summary>Ends a comparison: finds the chats for which the store's leases and the runs differ.</summary>
    /// <param name="before">The result of <see cref="BeginComparison"/>.</param>
    /// <param name="held">The leases that the store had at some moment since then.</param>
    public Comparison EndComparison(IReadOnlyList<Run> before, IReadOnlyList<HeldLease> held)
    {
        lock (_gate)
        {
            var ended = _ended ?? [];
            _ended = null;
            var tokens = held.ToDictionary(lease => lease.Id, lease => lease.Token);
            return new Comparison(
                [.. held.Where(lease => _runs.GetValueOrDefault(lease.Id)?.Token != lease.Token
                    && !ended.Contains((lease.Id, lease.Token)))],
                [.. before.Where(run => _runs.GetValueOrDefault(run.Chat) == run
                    && tokens.GetValueOrDefault(run.Chat, -1) != run.Token)],
                [.. held.Where(
                    lease => lease.IsInterrupting && _runs.GetValueOrDefault(lease.Id)?.Token == lease.Token)]);
        }
    }

    /// <summary>The result of a comparison.</summary>
    /// <param name="WithoutRun">Leases without a run.</param>
    /// <param name="WithoutLease">Runs under a lease that this replica does not hold.</param>
    /// <param name="Interrupting">Leases whose run must stop its turn.</param>
    public sealed record Comparison(
        IReadOnlyList<HeldLease> WithoutRun,
        IReadOnlyList<Run> WithoutLease,
        IReadOnlyList<HeldLease> Interrupting);
}
