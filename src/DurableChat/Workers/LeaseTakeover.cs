using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Workers;

/// <summary>
/// Keeps this replica's heartbeat and takes chats that nobody drives: those of replicas that have gone, those that waited for a place, and at the start those of
/// the process before. Woken when there is work; a slow poll is the net below.
/// </summary>
internal sealed partial class LeaseTakeover(
    ILeaseStore leases,
    ChatCommitter committer,
    Worker worker,
    WorkerOptions options,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<LeaseTakeover> logger) : IHostedService, IDisposable
{
    private const int MaxClaimsAtOnce = 64;

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private Task _loops = Task.CompletedTask;

    /// <summary>Writes the first heartbeat before anything else, so that a lease taken by the first request is alive.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await leases.HeartbeatAsync(options.Replica, options.Address, cancellationToken).ConfigureAwait(false);
        worker.WorkWaits += Wake;
        _loops = Task.WhenAll(
            Task.Run(() => RepeatAsync("heartbeat", options.HeartbeatInterval, null, ct => leases.HeartbeatAsync(options.Replica, options.Address, ct)), CancellationToken.None),
            Task.Run(() => RepeatAsync("takeover", options.TakeoverInterval, _wake, TakeOverAsync), CancellationToken.None));
    }

    /// <summary>Drains the worker and gives up the replica's name, so that others need not wait for its heartbeat to grow old.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        worker.WorkWaits -= Wake;
        await worker.DrainAsync(cancellationToken).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await leases.RetireAsync(options.Replica, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ChatStoreException exception)
        {
            LogFailed("retire", exception);
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _wake.Dispose();
    }

    /// <summary>Takes what there is, as far as there are places.</summary>
    internal async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        while (worker.FreePlaces > 0)
        {
            // More than there are places: a chat that cannot be taken must not stand in the way of those behind it.
            var claimable = await leases.FindClaimableAsync(options.LeaseDuration, MaxClaimsAtOnce, cancellationToken).ConfigureAwait(false);
            var taken = 0;
            foreach (var chat in claimable)
            {
                if (worker.FreePlaces == 0)
                {
                    return;
                }

                taken += await TryTakeAsync(chat, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }

            if (taken == 0 || claimable.Count < MaxClaimsAtOnce)
            {
                return;
            }
        }
    }

    private async Task<bool> TryTakeAsync(ClaimableChat chat, CancellationToken cancellationToken)
    {
        try
        {
            if (await committer.ExecuteAsync(chat.Id, null, (state, _) => new(Claim(state, chat)), null, cancellationToken).ConfigureAwait(false) is not CommandResult.Committed)
            {
                return false;
            }
        }
        catch (ChatStoreException exception)
        {
            LogNotTaken(chat.Id, exception);
            return false;
        }

        metrics.TookOver();
        LogTaken(chat.Id);
        return true;
    }

    /// <summary>
    /// The holder is gone only if the lease is still the one that was found stale. This replica itself is here, however late its heartbeat is, e.g. after a pause
    /// of the process: to take its own lease would throw away the answer in flight.
    /// </summary>
    private AcquireLease Claim(Chat chat, ClaimableChat found) =>
        new(options.Replica, HolderIsGone: found.HolderToken is { } token && chat.Lease?.Token == token && chat.Lease.Replica != options.Replica);

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // A wake-up is waiting already.
        }
    }

    private async Task RepeatAsync(string what, TimeSpan interval, SemaphoreSlim? wake, Func<CancellationToken, Task> act)
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
#pragma warning disable CA1031 // The loop must outlive whatever the database does.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFailed(what, exception);
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var timer = Task.Delay(interval, time, pause.Token);
            var woken = wake?.WaitAsync(pause.Token);
            await (woken is null ? timer : Task.WhenAny(timer, woken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await pause.CancelAsync().ConfigureAwait(false);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Took chat {Chat}, which nobody drove")]
    private partial void LogTaken(ChatId chat);

    [LoggerMessage(3, LogLevel.Warning, "Chat {Chat}, which nobody drives, could not be taken; it will be tried again")]
    private partial void LogNotTaken(ChatId chat, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The {What} failed; it will be tried again")]
    private partial void LogFailed(string what, Exception exception);
}
