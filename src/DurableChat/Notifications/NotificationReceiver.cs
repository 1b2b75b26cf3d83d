using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Notifications;

/// <summary>
/// Listens to the channel and applies other replicas' notifications to the feeds in memory. It never waits: it fills,
/// marks and wakes feeds. A connection counts only once this replica has received its own probe over it. A connection
/// that is lost or delivers nothing is replaced, with growing pauses.
/// <para>Only authenticated, fresh notifications are applied to feeds and lists. Everything else, such as notifications
/// of an earlier version of the program, only marks what to read from the database.</para>
/// </summary>
internal sealed partial class NotificationReceiver(
    NotificationSeal seal,
    FeedRegistry feeds,
    IEnumerable<INewsObserver> observers,
    ChannelState state,
    NotificationOptions options,
    ReplicaName replica,
    DurableChat.Diagnostics.NotificationMetrics metrics,
    TimeProvider time,
    ILogger<NotificationReceiver> logger,
    INotificationChannel? channel = null) : BackgroundService, INotificationListener
{
    /// <summary>In microseconds, the unit of notifications.</summary>
    private static readonly long _oldestMeasured = TimeSpan.TicksPerMinute / TimeSpan.TicksPerMicrosecond;

    private readonly INewsObserver[] _observers = [.. observers];
    private readonly ChannelProbe? _probe = channel is null ? null : new ChannelProbe(channel, seal, options, time);
    private readonly HintBudget _hints = new(time);
    private readonly GrowingPause _pause = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
    private int _isReadingKeys;
    private TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
#pragma warning disable CA1031 // An unexpected failure of the channel must not end the listening or the server.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogLost(_pause.Current, exception);
                state.Lost();
            }

            await Task.Delay(_pause.Current, time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _pause.Grow();
        }
    }

    /// <summary>Keeps one connection for as long as it delivers.</summary>
    /// <exception cref="ChannelException">The connection could not be made, or was lost.</exception>
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
            LogDeaf(line.DeafAdvice, _pause.Current);
        }

        await connection.CancelAsync().ConfigureAwait(false);
        await hearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await listening.ConfigureAwait(isDeaf ? ConfigureAwaitOptions.SuppressThrowing : ConfigureAwaitOptions.None);
        if (!isDeaf)
        {
            state.Lost();
        }
    }

    /// <summary>Ends when the connection does not deliver, or no longer does.</summary>
    private async Task HearAsync(ChannelProbe probe, CancellationToken cancellationToken)
    {
        await _connected.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await RefreshKeysAsync(cancellationToken).ConfigureAwait(false);
        for (var isNew = true; await probe.HearAsync(cancellationToken).ConfigureAwait(false); isNew = false)
        {
            if (isNew)
            {
                _pause.Reset();
                state.Connected();
                LogConnected();
            }

            await Task.Delay(options.ProbeInterval, time, cancellationToken).ConfigureAwait(false);
            await RefreshKeysAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>If the database is down, the known keys stay in use, so the channel keeps working.</summary>
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
                // A replica of an earlier version sends unencrypted notifications.
                TakeAsHint(payload.StartsWith('{') && _hints.TryTake() ? Notification.Read(payload) : null, "unsealed");
                return;
        }
    }

    /// <summary>
    /// The secret may have been rotated. Nothing waits for the new one: the comparison of versions finds what could not
    /// be decrypted.
    /// </summary>
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

        metrics.Received(news.IsDeletion ? "deletion"
            : news.Messages is not null ? "inline"
            : news.State is not null ? "state"
            : "hint");
        using var pin = feeds.TryPin(id);
        if (pin?.Feed.Owner is { } owner && owner != news.Owner)
        {
            // The owner comes from the store and never changes.
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

    /// <summary>Uses only the fact that a chat may have changed.</summary>
    private void TakeAsHint(Notification? notification, string kind)
    {
        if (notification is not { } news || news.Replica == replica.Value || !ChatId.TryParse(news.ChatId, out var id))
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

    /// <summary>Uses the owner only to choose the list to read again from the store.</summary>
    private void Doubt(ChatId id, string owner, Notification news)
    {
        var waits = news.State is { NeedsWorker: true, Lease: null or { IsHandedOver: true } } || news.Waits == true;
        foreach (var observer in _observers)
        {
            observer.OnDoubt(id, owner, waits);
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

    /// <summary>The age of the commit, as far as the two clocks agree.</summary>
    private TimeSpan Age(Notification news)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return news.CommittedAt <= now && news.CommittedAt > now - _oldestMeasured
            ? TimeSpan.FromMicroseconds(now - news.CommittedAt)
            : TimeSpan.Zero;
    }

    [LoggerMessage(1, LogLevel.Information, "The notification channel is connected and delivers")]
    private partial void LogConnected();

    [LoggerMessage(3, LogLevel.Warning, "A notification could not be taken in")]
    private partial void LogNotTaken(Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The cluster's secret could not be read again; it will be tried again")]
    private partial void LogKeysNotRead(Exception exception);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "The notification channel is connected, but does not deliver what this replica sends to itself. {Advice} Next "
            + "try in {Pause}. Until then changes are found by comparing versions")]
    private partial void LogDeaf(string advice, TimeSpan pause);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "The notification channel is down; next try in {Pause}. Until then changes are found by comparing versions")]
    private partial void LogLost(TimeSpan pause, Exception exception);
}
