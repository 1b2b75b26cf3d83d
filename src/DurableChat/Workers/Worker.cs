using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.Logging;

namespace DurableChat.Workers;

/// <summary>
/// Drives the chats whose lease this replica holds: one run for a lease, begun by the commit that granted it, whoever made it. A run belongs to no request, so
/// it outlives the browser. Thread-safe.
/// </summary>
internal sealed partial class Worker(
    FeedRegistry feeds,
    CatchUpReader reader,
    Lazy<TurnRunner> runner,
    WorkerOptions options,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<Worker> logger) : ICommitObserver
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ChatId, Run> _runs = new();
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();
    private volatile bool _accepting = true;
    private volatile bool _draining;

    /// <summary>Says that a chat waits for a worker, or that this one has a place free.</summary>
    public event Action? WorkWaits;

    /// <summary>Who takes the lease of a turn that starts now; null if this replica takes no more.</summary>
    public string? ClaimBy => FreePlaces > 0 ? options.Replica : null;

    /// <summary>How many more turns this replica takes.</summary>
    public int FreePlaces => _accepting ? Math.Max(0, options.MaxConcurrentTurns - _runs.Count) : 0;

    /// <summary>How many turns it drives.</summary>
    public int Count => _runs.Count;

    /// <inheritdoc/>
    public void OnCommitted(Transition transition)
    {
        var chat = transition.Next;
        var isOurs = chat.NeedsWorker && chat.Lease?.Replica == options.Replica;
        if (_runs.TryGetValue(chat.Id, out var run))
        {
            if (!isOurs || run.Token != chat.Lease!.Token)
            {
                run.Stop();
            }
            else
            {
                if (chat.Status == ChatStatus.Interrupting)
                {
                    run.Interrupt();
                }

                return;
            }
        }

        if (isOurs)
        {
            Start(chat.Id, chat.Lease!.Token);
        }
        else if (chat.NeedsWorker && chat.Lease is null)
        {
            WorkWaits?.Invoke();
        }
    }

    /// <inheritdoc/>
    /// <remarks>A state with a lower token is older than the run and says nothing about it.</remarks>
    public void OnNews(Chat chat)
    {
        if (_runs.TryGetValue(chat.Id, out var run) && chat.LeaseToken >= run.Token)
        {
            if (!chat.NeedsWorker || chat.Lease?.Replica != options.Replica || chat.Lease.Token != run.Token)
            {
                run.Stop();
            }
            else if (chat.Status == ChatStatus.Interrupting)
            {
                run.Interrupt();
            }
        }
        else if (chat.NeedsWorker && chat.Lease is null)
        {
            WorkWaits?.Invoke();
        }
    }

    /// <inheritdoc/>
    /// <remarks>It may have been an interruption, or have taken the lease away: a run that is not told goes on with a model call that counts for nothing.</remarks>
    public void OnMissed(ChatId id, string owner)
    {
        if (_runs.ContainsKey(id))
        {
            Track(Task.Run(() => ResolveAsync(id)));
        }
    }

    /// <summary>The commit may have granted this replica a lease that nobody else will take while its heartbeat goes on: find out, or the chat is stuck.</summary>
    public void OnInDoubt(ChatId id, string owner) => Track(Task.Run(() => ResolveAsync(id)));

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner)
    {
        if (_runs.TryGetValue(id, out var run))
        {
            run.Stop();
        }
    }

    /// <summary>
    /// Takes no more turns, lets those that run go on for the drain time, and then hands them over with what they have. Completes when none is left.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _accepting = false;
        try
        {
            await Task.WhenAll(_tasks.Keys).WaitAsync(options.DrainTime, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogHandingOver(_runs.Count);
        }

        _draining = true;
        foreach (var run in _runs.Values)
        {
            run.Interrupt();
        }

        await Task.WhenAll(_tasks.Keys).WaitAsync(options.DrainTime, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var run in _runs.Values)
        {
            run.Stop();
        }
    }

    private void Start(ChatId id, long token)
    {
        var run = new Run(token);
        _runs[id] = run;
        metrics.RunStarted();
        Track(Task.Run(() => DriveAsync(id, run)));
    }

    private void Track(Task task)
    {
        _tasks[task] = 0;
        _ = task.ContinueWith(static (ended, state) => ((ConcurrentDictionary<Task, byte>)state!).TryRemove(ended, out _), _tasks, TaskScheduler.Default);
    }

    private async Task ResolveAsync(ChatId id)
    {
        using var pin = feeds.Pin(id);
        for (var pause = _firstPause; !_draining; pause = Longer(pause))
        {
            try
            {
                // Behind the chat's gate, so that no commit of our own is under way meanwhile.
                await pin.Feed.CommitGate.WaitAsync().ConfigureAwait(false);
                try
                {
                    var chat = pin.Feed.TryGetChat() ?? await reader.LoadPresentAsync(pin.Feed, CancellationToken.None).ConfigureAwait(false);
                    if (chat is { NeedsWorker: true, Lease: { } lease } && lease.Replica == options.Replica
                        && !(_runs.TryGetValue(id, out var run) && run.Token == lease.Token))
                    {
                        Start(id, lease.Token);
                    }
                    else if (chat is null)
                    {
                        OnDeleted(id, string.Empty);
                    }
                    else
                    {
                        OnNews(chat);
                    }

                    return;
                }
                finally
                {
                    pin.Feed.CommitGate.Release();
                }
            }
            catch (Exception exception) when (exception is ChatStoreException or TimeoutException)
            {
                LogRunFailed(id, pause, exception);
            }

            await Task.Delay(pause, time).ConfigureAwait(false);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < _longestPause ? pause * 2 : _longestPause;

    /// <summary>A run that fails, because the database is away or the program is wrong, is tried again for as long as the lease is ours: no chat may be left stuck.</summary>
    private async Task DriveAsync(ChatId id, Run run)
    {
        using var pin = feeds.Pin(id);
        var pause = _firstPause;
        try
        {
            while (true)
            {
                try
                {
                    await runner.Value.RunAsync(pin.Feed, run, () => _draining).ConfigureAwait(false);
                    return;
                }
                catch (OperationCanceledException) when (run.Stopped.IsCancellationRequested)
                {
                    return;
                }
#pragma warning disable CA1031 // Whatever went wrong, somebody must go on driving the chat.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    LogRunFailed(id, pause, exception);
                    if (_draining)
                    {
                        return;
                    }
                }

                await Task.Delay(pause, time, run.Stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = Longer(pause);
            }
        }
        finally
        {
            var wasFull = FreePlaces == 0;
            _runs.TryRemove(KeyValuePair.Create(id, run));
            run.Dispose();
            metrics.RunEnded();
            if (wasFull && _accepting)
            {
                WorkWaits?.Invoke();
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The run of chat {Chat} failed; next try in {Pause}")]
    private partial void LogRunFailed(ChatId chat, TimeSpan pause, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Handing over {Count} running turns")]
    private partial void LogHandingOver(int count);
}
