using DurableChat.Chats;
using DurableChat.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Retention;

/// <summary>
/// Removes the remaining data of deleted chats, expired idempotency keys and old gravestones. It uses small
/// transactions with pauses, so that commits run in between. A restarted process or another replica completes
/// interrupted work. When there is nothing to do, a round is one statement that an index answers.
/// </summary>
internal sealed partial class RemainsSweeper(
    TimeProvider time,
    ILogger<RemainsSweeper> logger,
    IRetentionStore? store = null) : BackgroundService
{
    private const int PageSize = 100;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _expiryInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _pauseBetweenSlices = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Removes the remaining data of all deleted chats. A chat that cannot be removed does not block the others.
    /// </summary>
    internal async Task RemoveRemainsAsync(IRetentionStore retention, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatId> page;
        ChatId last = default;
        do
        {
            page = await retention.FindRemainsAsync(last, PageSize, cancellationToken).ConfigureAwait(false);
            foreach (var id in page)
            {
                last = id;
                await TryRepeatAsync(
                    ct => retention.RemoveRemainsAsync(id, ct),
                    failure => LogRemains(id, failure),
                    cancellationToken).ConfigureAwait(false);
            }
        }
        while (page.Count == PageSize);
    }

    /// <summary>Removes expired data. A kind that cannot be removed does not block the other.</summary>
    internal async Task RemoveExpiredAsync(IRetentionStore retention, CancellationToken cancellationToken)
    {
        foreach (var kind in Enum.GetValues<ExpiredKind>())
        {
            await TryRepeatAsync(
                ct => retention.RemoveExpiredAsync(kind, ct),
                failure => LogExpired(kind, failure),
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store is null)
        {
            return;
        }

        var expiredAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await TryAsync(ct => RemoveRemainsAsync(store, ct), LogFailed, stoppingToken).ConfigureAwait(false);
                if (time.GetElapsedTime(expiredAt) >= _expiryInterval)
                {
                    expiredAt = time.GetTimestamp();
                    await RemoveExpiredAsync(store, stoppingToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping.
        }
    }

    private Task TryRepeatAsync(
        Func<CancellationToken, Task<bool>> removeSlice,
        Action<Exception> log,
        CancellationToken cancellationToken) => TryAsync(
        async ct =>
        {
            while (await removeSlice(ct).ConfigureAwait(false))
            {
                await Task.Delay(_pauseBetweenSlices, time, ct).ConfigureAwait(false);
            }
        },
        log,
        cancellationToken);

    private static async Task TryAsync(
        Func<CancellationToken, Task> work,
        Action<Exception> log,
        CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The loop must survive any database error. The next round tries again.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            log(exception);
        }
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "What is left of the deleted chat {Chat} could not be removed; the next round tries again")]
    private partial void LogRemains(ChatId chat, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Expired {Kind} could not be removed; the next round tries again")]
    private partial void LogExpired(ExpiredKind kind, Exception exception);

    [LoggerMessage(
        3, LogLevel.Warning, "Deleted chats that have left something could not be found; the next round tries again")]
    private partial void LogFailed(Exception exception);
}
