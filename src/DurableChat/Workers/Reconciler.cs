using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Workers;

/// <summary>
/// Guarantees progress. Commits, notifications and doubts start and stop runs immediately, but any of them can be late,
/// lost or duplicated. So at every interval, and whenever it is woken, this replica compares the leases that the store
/// has under its name with its runs. It looks at each chat where they differ, and claims chats that no worker drives:
/// <code>
///   sessions  ──▶ replicas that have just died? ──▶ claim their chats at once
///   heartbeat ──▶ leases under our name ≠ runs? ──▶ look at those chats (Worker.Look)
///                 chats that no worker drives?  ──▶ claim them (LeaseTakeover)
/// </code>
/// Whatever event is lost, a chat that needs a worker has one within two intervals, if a replica has a free place.
/// </summary>
internal sealed partial class Reconciler(
    ILeaseStore leases,
    LeaseTakeover takeover,
    Worker worker,
    WorkerPulse pulse,
    WorkerOptions options,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<Reconciler> logger,
    IReplicaSessions? sessions = null) : IHostedService, IDisposable
{
    /// <summary>
    /// How long a stopping replica waits for the store. If it cannot report its stop, others wait until its leases end.
    /// </summary>
    private static readonly TimeSpan _lastWait = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly ClosedSessions _closed = new(options.HeartbeatInterval, options.LeaseDuration);
    private HashSet<(ChatId Chat, long Token)> _suspects = [];
    private long? _lookedAt;
    private Task _loops = Task.CompletedTask;

    /// <summary>
    /// Writes the first heartbeat before anything else, so that a lease taken by the first request is alive.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await BeatAsync(cancellationToken).ConfigureAwait(false);
        worker.WorkWaits += Wake;
        _loops = Task.WhenAll(
            Task.Run(
                () => RepeatAsync("heartbeat", BeatInterval, null, BeatAsync), CancellationToken.None),
            sessions is null ? Task.CompletedTask : Task.Run(
                () => RepeatAsync("look at sessions", options.HeartbeatInterval, null, LookAtSessionsAsync),
                CancellationToken.None),
            Task.Run(
                () => RepeatAsync("comparison of leases and runs", options.ReconcileInterval, null, CompareAsync),
                CancellationToken.None),
            Task.Run(
                () => RepeatAsync("takeover", options.ReconcileInterval, _wake, TakeOverAsync),
                CancellationToken.None));
    }

    /// <summary>
    /// Drains the worker and retires the replica's name, so that others need not wait for its heartbeat to expire.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        worker.WorkWaits -= Wake;
        await worker.DrainAsync(cancellationToken).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loops.WaitAsync(_lastWait, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await leases.RetireAsync(options.Replica, CancellationToken.None)
                .WaitAsync(_lastWait, time, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ChatStoreException or TimeoutException)
        {
            LogFailed("retirement", exception);
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _wake.Dispose();
    }

    /// <summary>
    /// Compares the leases under this replica's name with its runs, and looks at each chat where they differ. Not
    /// thread-safe: one comparison at a time.
    /// </summary>
    internal async Task CompareAsync(CancellationToken cancellationToken)
    {
        var before = worker.Runs.BeginComparison();
        var held = await leases.ListLeasesAsync(options.Replica, cancellationToken).ConfigureAwait(false);
        var found = worker.Runs.EndComparison(before, held);
        metrics.Compared(
            found.WithoutRun.Count(lease => _suspects.Contains((lease.Id, lease.Token))),
            found.WithoutLease.Count(run => _suspects.Contains((run.Chat, run.Token))));
        foreach (var lease in found.WithoutRun)
        {
            worker.Look(lease.Id, lease.Version, reloads: IsSuspect(lease.Id, lease.Token));
        }

        foreach (var run in found.WithoutLease.Where(run => IsSuspect(run.Chat, run.Token)))
        {
            worker.Look(run.Chat, reloads: true);
        }

        foreach (var lease in found.Interrupting)
        {
            worker.Interrupt(lease);
        }

        _suspects = [
            .. found.WithoutRun.Select(lease => (lease.Id, lease.Token)),
            .. found.WithoutLease.Select(run => (run.Chat, run.Token)),
        ];
    }

    /// <summary>
    /// A difference that the previous comparison also found is not just a commit in progress: the state in memory is
    /// wrong.
    /// </summary>
    private bool IsSuspect(ChatId chat, long token)
    {
        if (!_suspects.Contains((chat, token)))
        {
            return false;
        }

        LogMismatch(chat);
        return true;
    }

    /// <summary>Claims chats that no worker drives, once other replicas know that this one is alive.</summary>
    internal async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        if (!pulse.IsFresh)
        {
            await BeatAsync(cancellationToken).ConfigureAwait(false);
        }

        await takeover.TakeOverAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds replicas that have just died, and claims their chats at once.</summary>
    internal async Task LookAtSessionsAsync(CancellationToken cancellationToken)
    {
        var (began, last) = (time.GetTimestamp(), _lookedAt);
        _lookedAt = null;
        var open = await sessions!.LookAsync(options.Replica, cancellationToken).ConfigureAwait(false);
        _lookedAt = began;
        takeover.Suspects = _closed.Take(open, last is { } since ? time.GetElapsedTime(since) : null);
        if (takeover.Suspects.Count > 0)
        {
            Wake();
        }
    }

    /// <summary>
    /// Quick heartbeats help only those who also watch sessions. Without sessions, a heartbeat only has to be on time
    /// for the lease.
    /// </summary>
    private TimeSpan BeatInterval => sessions is null && options.HeartbeatInterval < options.LeaseDuration / 4
        ? options.LeaseDuration / 4
        : options.HeartbeatInterval;

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var sent = time.GetTimestamp();
        await leases.HeartbeatAsync(options.Replica, options.Address, options.LeaseDuration, cancellationToken)
            .ConfigureAwait(false);
        pulse.NoteHeartbeat(sent);
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // A wake-up is already pending.
        }
    }

    private async Task RepeatAsync(
        string what,
        TimeSpan interval,
        SemaphoreSlim? wake,
        Func<CancellationToken, Task> act)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await act(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The loop must survive any database error.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFailed(what, exception);
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var timer = Task.Delay(interval, time, pause.Token);
            var woken = wake?.WaitAsync(pause.Token);
            await (woken is null ? timer : Task.WhenAny(timer, woken)).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing);
            await pause.CancelAsync().ConfigureAwait(false);
        }
    }

    [LoggerMessage(
        1, LogLevel.Warning, "Chat {Chat}: the stored lease does not match the local run. The chat is loaded again")]
    private partial void LogMismatch(ChatId chat);

    [LoggerMessage(2, LogLevel.Warning, "The {What} failed; it will be tried again")]
    private partial void LogFailed(string what, Exception exception);
}
