using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.Logging;

namespace DurableChat.Workers;

/// <summary>
/// Drives the chats whose lease this replica holds, with one run per lease. A run does not belong to a request, so it
/// outlives the browser's connection. Every event about a chat leads to one question: do the runs match the chat
/// (<see cref="RunFit"/>)? Thread-safe.
/// </summary>
internal sealed partial class Worker : ICommitObserver, INewsObserver
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private readonly FeedRegistry _feeds;
    private readonly CatchUpReader _reader;
    private readonly TurnRunner _runner;
    private readonly WorkerOptions _options;
    private readonly WorkerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<Worker> _logger;
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();

    /// <summary>Chats with a look in progress. True if something happened since the look started.</summary>
    private readonly ConcurrentDictionary<ChatId, bool> _looks = new();

    /// <summary>The minimum version that the next look at a chat must see.</summary>
    private readonly ConcurrentDictionary<ChatId, (long Version, bool Reloads)> _wanted = new();

    private readonly WorkerStop _stop = new();

    public Worker(
        CommitObservers commits,
        FeedRegistry feeds,
        CatchUpReader reader,
        TurnRunner runner,
        RunTable runs,
        TurnPlaces places,
        WorkerOptions options,
        WorkerMetrics metrics,
        TimeProvider time,
        ILogger<Worker> logger)
    {
        (_feeds, _reader, _runner) = (feeds, reader, runner);
        (_options, _metrics, _time, _logger) = (options, metrics, time, logger);
        Places = places;
        Runs = runs;
        Places.Freed += () => WorkWaits?.Invoke();
        metrics.Observe(() => Runs.OldestAge, () => feeds.InDoubt);
        commits.Add(this);
    }

    /// <summary>Raised when a chat waits for a worker, or when this worker has a free place.</summary>
    public event Action? WorkWaits;

    /// <summary>The places for turns.</summary>
    public TurnPlaces Places { get; }

    /// <summary>The runs.</summary>
    public RunTable Runs { get; }

    /// <summary>How many turns the worker drives.</summary>
    public int Count => Runs.Count;

    /// <inheritdoc/>
    public void OnCommitted(Transition transition) => Fit(transition.Next, isPresent: true);

    /// <inheritdoc/>
    /// <remarks>
    /// The notification may be older than the feed's state, so the feed's state is used if there is a feed.
    /// </remarks>
    public void OnNews(Chat chat)
    {
        var isOurs = Runs.Find(chat.Id) is not null || (chat.NeedsWorker && chat.Lease?.Replica == _options.Replica);
        if (!isOurs)
        {
            Fit(chat, isPresent: false);
        }
        else if (_feeds.Find(chat.Id)?.TryGetChat() is { } known)
        {
            Fit(known, isPresent: false);
        }
        else
        {
            Look(chat.Id);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The commit may have granted or taken a lease, or have been an interruption. If the look fails, the reconciler
    /// repairs the difference.
    /// </remarks>
    public void OnOutcomeUnknown(ChatId id, string owner) => Look(id);

    /// <inheritdoc/>
    public void OnDoubt(ChatId id, string owner, bool waits)
    {
        if (Runs.Find(id) is not null)
        {
            Look(id);
        }

        if (waits)
        {
            WorkWaits?.Invoke();
        }
    }

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner)
    {
        if (Runs.Find(id) is { } run)
        {
            run.IsChatGone = true;
            run.Stop();
        }
    }

    /// <summary>
    /// Looks at a chat and makes the runs match it. Looks at one chat run one after another. The caller does not wait.
    /// </summary>
    /// <param name="id">The id of the chat.</param>
    /// <param name="version">
    /// A version that the chat has reached. If the state in memory is older, the chat is loaded.
    /// </param>
    /// <param name="reloads">True if the state in memory cannot be trusted, whatever its version.</param>
    public void Look(ChatId id, long version = 0, bool reloads = false)
    {
        _wanted.AddOrUpdate(
            id, (version, reloads), (_, wanted) => (Math.Max(wanted.Version, version), wanted.Reloads || reloads));
        if (_looks.AddOrUpdate(id, false, static (_, _) => true))
        {
            return;
        }

        Track(Task.Run(() => LookAsync(id)));
    }

    /// <summary>
    /// Stops the turn of a lease if its run does not know that it must stop. The run's knowledge counts, not the
    /// feed's, because the feed may have been loaded without notifying the run.
    /// </summary>
    public void Interrupt(HeldLease lease)
    {
        _feeds.Find(lease.Id)?.MarkUnsyncedBelow(lease.Version);
        if (Runs.Find(lease.Id) is { } run && run.Token == lease.Token)
        {
            run.Interrupt(lease.Version);
        }
    }

    /// <summary>
    /// Takes no more turns and hands kept answers over at once. Lets the other turns continue for the drain time, and
    /// then hands them over with their partial answers. Completes when none is left.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Places.Close();
        _stop.HasBegun = true;
        foreach (var run in Runs.All)
        {
            run.Leave();
        }

        try
        {
            await Task.WhenAll(_tasks.Keys)
                .WaitAsync(_options.DrainTime, _time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogHandingOver(Count);
        }

        _stop.IsDue = true;
        foreach (var run in Runs.All)
        {
            run.Interrupt();
        }

        await Task.WhenAll(_tasks.Keys)
            .WaitAsync(_options.DrainTime, _time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var run in Runs.All)
        {
            run.Stop();
        }
    }

    private void Fit(Chat chat, bool isPresent)
    {
        var (fit, present, started) = Runs.Fit(chat, _options.Replica, isPresent, mayStart: !_stop.IsDue);
        if (fit.Stops)
        {
            present!.Stop();
        }

        if (fit.Interrupts)
        {
            present!.Interrupt(chat.Version);
        }

        if (started is not null)
        {
            _metrics.RunStarted();
            var place = Places.HoldAnyhow(chat.Id, chat.Owner);
            Track(Task.Run(() => DriveAsync(started, place)));
        }

        if (fit.Waits && Places.HasRoom(chat.Owner))
        {
            WorkWaits?.Invoke();
        }
    }

    private static bool MarkUnsynced(Feed feed)
    {
        feed.MarkUnsynced();
        return true;
    }

    private void Track(Task task)
    {
        _tasks[task] = 0;
        _ = task.ContinueWith(
            static (ended, state) => ((ConcurrentDictionary<Task, byte>)state!).TryRemove(ended, out _),
            _tasks,
            TaskScheduler.Default);
    }

    private async Task LookAsync(ChatId id)
    {
        try
        {
            do
            {
                _looks[id] = false;
                await LookOnceAsync(id).ConfigureAwait(false);
            }
            while (!_looks.TryRemove(KeyValuePair.Create(id, false)));
        }
#pragma warning disable CA1031 // The reconciler repeats a failed look while leases and runs differ.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _looks.TryRemove(id, out _);
            LogLookFailed(id, exception);
        }
    }

    private async Task LookOnceAsync(ChatId id)
    {
        using var pin = _feeds.Pin(id);

        // Wait for the chat's gate, so that no commit of this replica is in progress during the look.
        await pin.Feed.CommitGate.WaitAsync().ConfigureAwait(false);
        try
        {
            // Only now: a commit in progress publishes its state before it releases the gate.
            if (_wanted.TryRemove(id, out var wanted))
            {
                _ = wanted.Reloads ? MarkUnsynced(pin.Feed) : pin.Feed.MarkUnsyncedBelow(wanted.Version);
            }

            if ((pin.Feed.TryGetChat()
                ?? await _reader.LoadPresentAsync(pin.Feed, CancellationToken.None).ConfigureAwait(false)) is { } chat)
            {
                Fit(chat, isPresent: true);
            }
            else
            {
                OnDeleted(id, string.Empty);
            }
        }
        finally
        {
            pin.Feed.CommitGate.Release();
        }
    }

    private async Task DriveAsync(Run run, TurnPlaces.Hold place)
    {
        using var pin = _feeds.Pin(run.Chat);
        try
        {
            await DriveToEndAsync(pin.Feed, run).ConfigureAwait(false);
        }
        finally
        {
            Runs.Remove(run);
            run.Dispose();
            _metrics.RunEnded();
            place.Dispose();
        }

        await SettleAsync(run).ConfigureAwait(false);
    }

    /// <summary>
    /// Retries a failed run for as long as this replica holds the lease, so that no chat gets stuck. If the database
    /// was not the cause, the round counts an attempt, so that a permanent failure ends the turn.
    /// </summary>
    private async Task DriveToEndAsync(Feed feed, Run run)
    {
        var pause = new GrowingPause(_firstPause, _longestPause);
        while (true)
        {
            try
            {
                await _runner.RunAsync(feed, run, _stop).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (run.Stopped.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever failed, the chat still needs a worker.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                run.HasFault |= exception is ChatDataException or not (ChatStoreException or TimeoutException);
                if (run.TakeProgress())
                {
                    pause.Reset();
                }

                LogRunFailed(run.Chat, pause.Current, exception);
                if (_stop.IsDue)
                {
                    return;
                }
            }

            await Task.Delay(pause.Current, _time, run.Stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause.Grow();
        }
    }

    private async Task SettleAsync(Run run)
    {
        try
        {
            await _runner.SettleAsync(run, _stop).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The count is lost, as when the process dies. Nothing else depends on it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotSettled(run.Chat, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The run of chat {Chat} failed; next try in {Pause}")]
    private partial void LogRunFailed(ChatId chat, TimeSpan pause, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "What a model call of chat {Chat} has cost could not be counted")]
    private partial void LogNotSettled(ChatId chat, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Handing over {Count} running turns")]
    private partial void LogHandingOver(int count);

    [LoggerMessage(
        3, LogLevel.Warning, "Chat {Chat} could not be looked at; the next comparison of leases and runs will find it")]
    private partial void LogLookFailed(ChatId chat, Exception exception);
}
