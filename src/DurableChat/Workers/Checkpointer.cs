using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Workers;

/// <summary>
/// Makes the parts of the answers that this replica generates durable while they are in flight. Twice per interval, one
/// statement writes what is new in all of them. A part is written at the second look after it appeared, at the latest.
/// So a part that was visible for an interval is durable, and an answer of less than half an interval writes nothing.
/// <para>
/// No run waits for it. Parts that could not be written stay in their feeds and are read again at the next look, so a
/// store that fails or hangs costs neither memory nor parts on screen. Thread-safe: looks take turns.
/// </para>
/// </summary>
internal sealed partial class Checkpointer(
    FeedRegistry feeds,
    RunTable runs,
    WorkerOptions options,
    CheckpointMetrics metrics,
    TimeProvider time,
    ILogger<Checkpointer> logger,
    ICheckpointStore? store = null) : BackgroundService
{
    /// <summary>
    /// The most bytes of one answer in a statement. A single part above it, such as a picture, is not stored.
    /// </summary>
    private const long MaxBytesOfRow = 256 * 1024;

    /// <summary>The most bytes in a statement. What does not fit waits for the next one.</summary>
    private const long MaxBytesOfWrite = 2 * 1024 * 1024;

    private static readonly TimeSpan _shortestPause = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// How long a run that is handed over waits for its last checkpoint. Without it, clients go back further.
    /// </summary>
    private static readonly TimeSpan _lastPatience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Reads what is stored of an answer whose worker is gone, and shows it.</summary>
    /// <param name="feed">The chat's feed.</param>
    /// <param name="chat">The chat.</param>
    /// <param name="run">The run that takes the answer over.</param>
    public async Task RestoreAsync(Feed feed, Chat chat, Run run)
    {
        if (store is null)
        {
            return;
        }

        var bodies = await store.ReadCheckpointAsync(chat.Id, chat.Generation, run.Stopped).ConfigureAwait(false);
        if (bodies.Count == 0)
        {
            return;
        }

        var frames = CheckpointBody.Read(bodies);
        run.Checkpoint.Restored(chat.Generation, frames is [.., var last] ? last.LastSeq : 0);
        feed.Checkpoints.Restore(frames);
        metrics.Restored();
        LogRestored(chat.Id, chat.Generation);
    }

    /// <summary>
    /// Stores all parts of a run whose generation has stopped here. Runs that wait at the same time share statements.
    /// Gives up after a while, or if the store fails: the answer itself is kept elsewhere.
    /// </summary>
    public async Task WriteLastAsync(Run run)
    {
        if (store is null || options.CheckpointInterval == TimeSpan.Zero || feeds.Find(run.Chat) is not { } feed)
        {
            return;
        }

        using var patience = new CancellationTokenSource(_lastPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, run.Stopped);
        try
        {
            // The first look at a generation writes nothing.
            var (before, isMoving) = (-1L, true);
            while (isMoving
                && feed.Checkpoints.LastPart(run.Token) is { } newest
                && !run.Checkpoint.HasAll(newest.Generation, newest.Seq))
            {
                await WriteInTurnAsync(() => run.Checkpoint.HasAll(newest.Generation, newest.Seq), either.Token)
                    .ConfigureAwait(false);
                var stored = run.Checkpoint.SeqOf(newest.Generation) ?? 0;
                (before, isMoving) = (stored, stored != before);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The next worker gets the answer without it.
        }
#pragma warning disable CA1031 // Whatever fails, the turn must be handed over.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            metrics.Failed();
            LogFailed(exception);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <summary>Looks at all answers in flight once, and writes what is due.</summary>
    internal Task WriteAsync(CancellationToken cancellationToken) => WriteInTurnAsync(() => false, cancellationToken);

    private async Task WriteInTurnAsync(Func<bool> isDone, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!isDone())
            {
                await WriteDueAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task WriteDueAsync(CancellationToken cancellationToken)
    {
        var due = Collect();
        if (store is null || due.Count == 0)
        {
            return;
        }

        var isWritten = false;
        try
        {
            due.ForEach(part => part.Run.Checkpoint.BeginWrite());
            await store.WriteCheckpointsAsync([.. due.Select(part => part.Row)], cancellationToken)
                .ConfigureAwait(false);
            isWritten = true;
            metrics.Wrote(due.Count, due.Sum(part => (long)part.Row.Body.Length));
        }
        finally
        {
            var now = time.GetTimestamp();
            foreach (var (run, row, last) in due)
            {
                run.Checkpoint.EndWrite(row.Generation, isWritten ? last : null);
                run.Checkpoint.WrittenAt = now;
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store is null || options.CheckpointInterval == TimeSpan.Zero)
        {
            return;
        }

        var pause = options.CheckpointInterval / 2;
        using var timer = new PeriodicTimer(pause > _shortestPause ? pause : _shortestPause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await TryWriteAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping.
        }
    }

    private async Task TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The loop must survive any failure. The next look writes what this one could not.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            metrics.Failed();
            LogFailed(exception);
        }
    }

    /// <summary>What is new in the answers, those first that have waited longest.</summary>
    private List<(Run Run, CheckpointRow Row, long Last)> Collect()
    {
        var due = new List<(Run, CheckpointRow, long)>();
        var room = MaxBytesOfWrite;
        foreach (var run in runs.All.OrderBy(run => run.Checkpoint.WrittenAt))
        {
            if (feeds.Find(run.Chat) is not { } feed
                || feed.Checkpoints.LastPart(run.Token) is not { } newest
                || run.Checkpoint.SeqOf(newest.Generation) is not { } stored)
            {
                continue;
            }

            var frames = feed.Checkpoints.Read(run.Token, (newest.Generation, stored), Math.Min(room, MaxBytesOfRow));
            if (frames.Count > 0)
            {
                var row = new CheckpointRow(
                    run.Chat, run.Token, newest.Generation, frames[0].FirstSeq, CheckpointBody.Write(frames));
                room -= row.Body.Length;
                due.Add((run, row, frames[^1].LastSeq));
            }

            if (room <= 0)
            {
                break;
            }
        }

        return due;
    }

    [LoggerMessage(1, LogLevel.Warning, "Checkpoints could not be written; it will be tried again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Chat {Chat}: generation {Generation} continues from its checkpoint")]
    private partial void LogRestored(ChatId chat, long generation);
}
