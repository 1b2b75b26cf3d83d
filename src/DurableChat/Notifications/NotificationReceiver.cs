using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Notifications;

/// <summary>
/// Listens to the channel and takes what other replicas tell into the feeds that are held here. It never waits: it fills, marks and wakes. A connection counts only once this replica has heard itself
/// over it. One that is lost, or delivers nothing, is made again with growing pauses.
/// <para>Only what is sealed and fresh is taken into feeds and lists. Whatever else arrives, such as notifications of
/// an earlier version of the program, shows at most where the database is to be read.</para>
/// </summary>
internal sealed partial class NotificationReceiver(
    INotificationChannel? channel,
    NotificationSeal seal,
    FeedRegistry feeds,
    IEnumerable<ICommitObserver> observers,
    ChannelState state,
    NotificationOptions options,
    string replica,
    DurableChat.Diagnostics.NotificationMetrics metrics,
    TimeProvider time,
    ILogger<NotificationReceiver> logger) : BackgroundService, INotificationListener
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(5);

    /// <summary>In microseconds, as notifications tell it.</summary>
    private static readonly long _oldestMeasured = TimeSpan.TicksPerMinute / TimeSpan.TicksPerMicrosecond;

    // Not the notifier: each replica would tell all the others of what it was told, and a single deletion would go round for ever.
    private readonly ICommitObserver[] _observers = [.. observers.Where(observer => observer is not Notifier)];
    private readonly ChannelProbe? _probe = channel is null ? null : new ChannelProbe(channel, seal, options, time);
    private readonly HintBudget _hints = new(time);
    private int _isReadingKeys;
    private TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _pause = _firstPause;

    /// <inheritdoc/>
    public void OnConnected() => _connected.TrySetResult();

    /// <inheritdoc/>
    public void OnReceived(string payload)
    {
        try
        {
            using var opened = seal.Open(payload, out var lacksKey);
            if (lacksKey)
            {
                ReadKeys();
            }

            Take(payload, opened);
        }
#pragma warning disable CA1031 // One notification that makes no sense must not cost those behind it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            metrics.Received("unknown");
            LogNotTaken(exception);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (channel is null)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(channel, _probe!, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A channel that breaks in a way nobody thought of must neither end the listening nor, with it, the server.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogLost(_pause, exception);
                state.Lost();
            }

            await Task.Delay(_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _pause = _pause * 2 < _longestPause ? _pause * 2 : _longestPause;
        }
    }

    /// <summary>Keeps one connection for as long as it delivers.</summary>
    /// <exception cref="ChannelException">It could not be made, or was lost.</exception>
    private async Task ListenAsync(INotificationChannel line, ChannelProbe probe, CancellationToken stoppingToken)
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        _connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = line.ListenAsync(this, connection.Token);
        var hearing = HearAsync(probe, connection.Token);
        await Task.WhenAny(listening, hearing).ConfigureAwait(false);
        var isDeaf = hearing.IsCompletedSuccessfully && !listening.IsCompleted;
        if (isDeaf)
        {
            state.LostAsDeaf(line.DeafAdvice);
            LogDeaf(line.DeafAdvice, _pause);
        }

        await connection.CancelAsync().ConfigureAwait(false);
        await hearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await listening.ConfigureAwait(isDeaf ? ConfigureAwaitOptions.SuppressThrowing : ConfigureAwaitOptions.None);
        if (!isDeaf)
        {
            state.Lost();
        }
    }

    /// <summary>Ends when the connection does not deliver, or not any more.</summary>
    private async Task HearAsync(ChannelProbe probe, CancellationToken cancellationToken)
    {
        await _connected.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await RefreshKeysAsync(cancellationToken).ConfigureAwait(false);
        for (var isNew = true; await probe.HearAsync(cancellationToken).ConfigureAwait(false); isNew = false)
        {
            if (isNew)
            {
                _pause = _firstPause;
                state.Connected();
                LogConnected();
            }

            await Task.Delay(options.ProbeInterval, time, cancellationToken).ConfigureAwait(false);
            await RefreshKeysAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A database that is away does not make the channel deaf: the keys that are known serve on.</summary>
    private async Task RefreshKeysAsync(CancellationToken cancellationToken)
    {
        try
        {
            await seal.RefreshIfOldAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChatStoreException exception)
        {
            LogKeysNotRead(exception);
        }
    }

    private void Take(string payload, in OpenedFrame opened)
    {
        switch (opened)
        {
            case { Trust: SealTrust.Own }:
                return;
            case { Trust: SealTrust.Repeated }:
                metrics.Received("repeated");
                return;
            case { Trust: SealTrust.Fresh, Kind: SealedKind.Probe }:
                _probe?.Take(opened.Content);
                return;
            case { Trust: SealTrust.Fresh }:
                TakeFresh(Notification.Read(opened.Content));
                return;
            case { Trust: SealTrust.Old }:
                TakeAsHint(_hints.TryTake() ? Notification.Read(opened.Content) : null, "old");
                return;
            default:
                // A replica of an earlier version seals nothing.
                TakeAsHint(payload.StartsWith('{') && _hints.TryTake() ? Notification.Read(payload) : null, "unsealed");
                return;
        }
    }

    /// <summary>A secret that is not known here may have taken the place of another. Nobody waits for it: what was
    /// not understood is found by comparing versions.</summary>
    private void ReadKeys()
    {
        if (Interlocked.Exchange(ref _isReadingKeys, 1) == 0)
        {
            _ = Task.Run(ReadKeysAsync);
        }
    }

    private async Task ReadKeysAsync()
    {
        try
        {
            await seal.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (ChatStoreException exception)
        {
            LogKeysNotRead(exception);
        }
        finally
        {
            Volatile.Write(ref _isReadingKeys, 0);
        }
    }

    private void TakeFresh(Notification? notification)
    {
        if (notification is not { } news || !ChatId.TryParse(news.ChatId, out var id))
        {
            metrics.Received("unknown");
            return;
        }

        metrics.Received(news.IsDeletion ? "deletion" : news.Messages is not null ? "inline" : news.State is not null ? "state" : "hint");
        using var pin = feeds.TryPin(id);
        if (pin?.Feed.Owner is { } owner && owner != news.Owner)
        {
            // The owner is what the store says, and never changes.
            pin.Feed.MarkUnsynced();
            Doubt(id, owner, news);
            return;
        }

        if (news.IsDeletion)
        {
            pin?.Feed.MarkDeleted();
            foreach (var observer in _observers)
            {
                observer.OnDeleted(id, news.Owner);
            }

            return;
        }

        if (pin is not null)
        {
            Take(pin.Feed, news);
        }

        if (news.State is not { } chat)
        {
            Doubt(id, news.Owner, news);
            return;
        }

        foreach (var observer in _observers)
        {
            observer.OnNews(chat);
        }
    }

    /// <summary>Takes no more from it than that a chat may have changed.</summary>
    private void TakeAsHint(Notification? notification, string kind)
    {
        if (notification is not { } news || news.Replica == replica || !ChatId.TryParse(news.ChatId, out var id))
        {
            metrics.Received("unknown");
            return;
        }

        metrics.Received(kind);
        using var pin = feeds.TryPin(id);
        if (news.IsDeletion)
        {
            pin?.Feed.MarkUnsynced();
        }
        else
        {
            pin?.Feed.MarkUnsyncedBelow(news.Version, news.CommitId ?? Guid.Empty);
        }

        Doubt(id, pin?.Feed.Owner ?? news.Owner, news);
    }

    /// <summary>Nothing is made of the owner but which list is read again, from the store.</summary>
    private void Doubt(ChatId id, string owner, Notification news)
    {
        foreach (var observer in _observers)
        {
            observer.OnDoubt(id, owner, isOwn: false);
            if (news.State is { NeedsWorker: true, Lease: null } || news.Waits == true)
            {
                observer.OnWorkWaits();
            }
        }
    }

    private void Take(Feed feed, Notification news)
    {
        if (news.State is { } chat)
        {
            var isInline = feed.PublishRemote(chat, news.Messages ?? [], Age(news), news.LacksTools);
            metrics.Inlined(isInline && news.Messages is not null ? news.Messages.Count : 0);
        }
        else
        {
            feed.MarkUnsyncedBelow(news.Version, news.CommitId ?? Guid.Empty);
        }
    }

    /// <summary>How long ago the commit was, as far as the two clocks agree.</summary>
    private TimeSpan Age(Notification news)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return news.CommittedAt <= now && news.CommittedAt > now - _oldestMeasured ? TimeSpan.FromMicroseconds(now - news.CommittedAt) : TimeSpan.Zero;
    }

    [LoggerMessage(1, LogLevel.Information, "The notification channel is connected and delivers")]
    private partial void LogConnected();

    [LoggerMessage(3, LogLevel.Warning, "A notification could not be taken in")]
    private partial void LogNotTaken(Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The cluster's secret could not be read again; it will be tried again")]
    private partial void LogKeysNotRead(Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "The notification channel is connected, but does not deliver what this replica sends to itself. {Advice} Next try in {Pause}. Until then changes are found by comparing versions")]
    private partial void LogDeaf(string advice, TimeSpan pause);

    [LoggerMessage(2, LogLevel.Warning, "The notification channel is down; next try in {Pause}. Until then changes are found by comparing versions")]
    private partial void LogLost(TimeSpan pause, Exception exception);
}
