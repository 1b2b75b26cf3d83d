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

    /// <summary>How many runs there are.</summary>
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

    /// <summary>The runs at this moment, in no order.</summary>
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

    /// <summary>How long the oldest run has been going on; zero if there is none.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            var all = All;
            return all.Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(all.Min(run => run.StartedAt));
        }
    }

    /// <summary>Finds the run of a chat; null if there is none.</summary>
    public Run? Find(ChatId chat)
    {
        lock (_gate)
        {
            return _runs.GetValueOrDefault(chat);
        }
    }

    /// <summary>Compares a chat's state with the run of it and enters a run where one is missing, in one step.</summary>
    /// <param name="chat">A state of the chat.</param>
    /// <param name="replica">This replica.</param>
    /// <param name="isPresent">See <see cref="RunFit.Of"/>.</param>
    /// <param name="mayStart">False if this replica starts no more runs.</param>
    /// <returns>What is to be done, the run there was, and the run that was entered.</returns>
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

    /// <summary>Takes out a run that has ended, unless another has its place already.</summary>
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

    /// <summary>Begins a comparison with the store: from now on it is remembered which runs end. One comparison at a time.</summary>
    /// <returns>The runs there are now, which the store should know of.</returns>
    public IReadOnlyList<Run> BeginComparison()
    {
        lock (_gate)
        {
            _ended = [];
            return [.. _runs.Values];
        }
    }

    /// <summary>Ends a comparison: finds the chats in which the leases of the store and the runs differ.</summary>
    /// <param name="before">What <see cref="BeginComparison"/> gave.</param>
    /// <param name="held">The leases that the store had at some moment since.</param>
    public Comparison EndComparison(IReadOnlyList<Run> before, IReadOnlyList<HeldLease> held)
    {
        lock (_gate)
        {
            var ended = _ended ?? [];
            _ended = null;
            var tokens = held.ToDictionary(lease => lease.Id, lease => lease.Token);
            return new Comparison(
                [.. held.Where(lease => _runs.GetValueOrDefault(lease.Id)?.Token != lease.Token && !ended.Contains((lease.Id, lease.Token)))],
                [.. before.Where(run => _runs.GetValueOrDefault(run.Chat) == run && tokens.GetValueOrDefault(run.Chat, -1) != run.Token)],
                [.. held.Where(lease => lease.IsInterrupting && _runs.GetValueOrDefault(lease.Id)?.Token == lease.Token)]);
        }
    }

    /// <summary>What a comparison has found.</summary>
    /// <param name="WithoutRun">Leases that no run drives.</param>
    /// <param name="WithoutLease">Runs under a lease that this replica does not hold.</param>
    /// <param name="Interrupting">Leases whose run is to stop its turn.</param>
    public sealed record Comparison(IReadOnlyList<HeldLease> WithoutRun, IReadOnlyList<Run> WithoutLease, IReadOnlyList<HeldLease> Interrupting);
}
