using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Microsoft.Extensions.Logging;

namespace DurableChat.Workers;

/// <summary>
/// Claims chats that no worker drives: those of replicas that are gone, and those that waited for a place. Each chat is
/// claimed separately. A chat that cannot be claimed is skipped for a while and does not block those after it. Not
/// thread-safe: one call at a time.
/// </summary>
internal sealed partial class LeaseTakeover(
    ILeaseStore leases,
    ChatCommitter committer,
    Worker worker,
    WorkerOptions options,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<LeaseTakeover> logger)
{
    private const int PageChats = 64;

    /// <summary>How many heartbeats a replica with a closed session must have missed.</summary>
    private const double HeartbeatsUntilGone = 1.5;

    private const int MaxParallel = 8;
    private const int MaxFailuresKept = 10_000;
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<ChatId, (int Failures, long NextTry)> _failed = new();
    private readonly ConcurrentDictionary<ChatId, Task> _taking = new();

    /// <summary>Replicas whose sessions have closed.</summary>
    public IReadOnlyCollection<string> Suspects { get; set; } = [];

    /// <summary>Claims available chats, as far as there are places.</summary>
    public async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        var query = new ClaimQuery(options.Replica, options.LeaseDuration, PageChats)
        {
            Suspects = Suspects,
            SuspectAfter = options.HeartbeatInterval * HeartbeatsUntilGone,
        };
        while (worker.Places.Free > 0)
        {
            query = query with { ExceptOwners = worker.Places.FullOwners() };
            var page = await leases.FindClaimableAsync(query, cancellationToken).ConfigureAwait(false);
            await TakeAsync(page, cancellationToken).ConfigureAwait(false);
            if (page.Count < PageChats)
            {
                return;
            }

            query = query with { After = page[^1] };
        }
    }

    /// <summary>
    /// Claims several chats at a time. A chat whose commit hangs keeps one place and one of the parallel claims. The
    /// other chats and the next round wait for it no longer than an interval.
    /// </summary>
    private async Task TakeAsync(IReadOnlyList<ClaimableChat> page, CancellationToken cancellationToken)
    {
        var waiting = new Queue<ClaimableChat>(
            page.Where(chat => _taking.GetValueOrDefault(chat.Id) is not { IsCompleted: false } && !IsPaused(chat.Id)));
        using var limit = new CancellationTokenSource(options.ReconcileInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (waiting.Count > 0)
        {
            while (UnderWay().Length < MaxParallel && worker.Places.Free > 0 && waiting.TryDequeue(out var chat))
            {
                if (worker.Places.TryHold(chat.Id, chat.Owner) is { } place)
                {
                    Begin(chat, place, cancellationToken);
                }
            }

            if (UnderWay() is [_, ..] underWay)
            {
                // After the last chat, wait for all: whether more chats can be taken is known only once these claims
                // have ended.
                Task ended = waiting.Count > 0 ? Task.WhenAny(underWay) : Task.WhenAll(underWay);
                await ended.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
            else if (worker.Places.Free == 0)
            {
                return;
            }

            if (limit.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Begin(ClaimableChat chat, TurnPlaces.Hold place, CancellationToken cancellationToken)
    {
        var taking = _taking[chat.Id] = TakeAsync(chat, place, cancellationToken);
        _ = taking.ContinueWith(ended => _taking.TryRemove(KeyValuePair.Create(chat.Id, ended)), TaskScheduler.Default);
    }

    private Task[] UnderWay() => [.. _taking.Values.Where(taking => !taking.IsCompleted)];

    private bool IsPaused(ChatId chat) =>
        _failed.TryGetValue(chat, out var failure) && time.GetTimestamp() < failure.NextTry;

    private async Task TakeAsync(ClaimableChat chat, TurnPlaces.Hold place, CancellationToken cancellationToken)
    {
        using var held = place;
        await Task.Yield();
        try
        {
            var result = await committer.ExecuteAsync(
                chat.Id, null, (state, _) => new(Claim(state, chat)), null, cancellationToken).ConfigureAwait(false);
            _failed.TryRemove(chat.Id, out _);
            if (result is CommandResult.Committed)
            {
                metrics.TookOver();
                LogTaken(chat.Id);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The replica is stopping.
        }
#pragma warning disable CA1031 // A chat that cannot be read or decided on must not end the round for the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A database failure is temporary and says nothing about the chat.
            if (exception is ChatDataException or not (ChatStoreException or TimeoutException))
            {
                Remember(chat.Id, _failed.GetValueOrDefault(chat.Id).Failures + 1);
            }

            metrics.NotTaken();
            LogNotTaken(chat.Id, exception);
        }
    }

    private void Remember(ChatId chat, int failures)
    {
        if (_failed.Count >= MaxFailuresKept)
        {
            _failed.Clear();
        }

        var pause = GrowingPause.After(failures, options.ReconcileInterval, _longestPause);
        _failed[chat] = (failures, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
    }

    /// <summary>
    /// The holder counts as gone only if the lease is still the one that was found without a live holder.
    /// </summary>
    private AcquireLease Claim(Chat chat, ClaimableChat found) =>
        new(options.Replica, HolderIsGone: found.HolderToken is { } token
            && chat.Lease?.Token == token
            && chat.Lease.Replica != options.Replica);

    [LoggerMessage(1, LogLevel.Information, "Took over chat {Chat}, which had no active driver")]
    private partial void LogTaken(ChatId chat);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "Chat {Chat}, which has no active driver, could not be taken over. The next try follows later; other chats are "
            + "taken over meanwhile")]
    private partial void LogNotTaken(ChatId chat, Exception exception);
}
