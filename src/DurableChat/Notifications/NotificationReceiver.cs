using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Feeds;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Notifications;

/// <summary>
/// Listens to the channel and takes what other replicas tell into the feeds that are held here. It never waits: it fills, marks and wakes. A lost connection is made again, with
/// growing pauses.
/// </summary>
internal sealed partial class NotificationReceiver(
    INotificationChannel? channel,
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
    private readonly NotificationFaults? _faults = options.FaultRate > 0 ? new NotificationFaults(options.FaultRate) : null;
    private TimeSpan _pause = _firstPause;

    /// <inheritdoc/>
    public void OnConnected()
    {
        _pause = _firstPause;
        state.Connected();
        LogConnected();
    }

    /// <inheritdoc/>
    public void OnReceived(string payload)
    {
        foreach (var passed in _faults?.Pass(payload) ?? [payload])
        {
            try
            {
                Take(passed);
            }
#pragma warning disable CA1031 // One notification that makes no sense must not cost those behind it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                metrics.Received("unknown");
                LogNotTaken(exception);
            }
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
                await channel.ListenAsync(this, stoppingToken).ConfigureAwait(false);
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
            }

            state.Lost();
            await Task.Delay(_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _pause = _pause * 2 < _longestPause ? _pause * 2 : _longestPause;
        }
    }

    private void Take(string payload)
    {
        if (Notification.Read(payload) is not { } news || !ChatId.TryParse(news.ChatId, out var id))
        {
            metrics.Received("unknown");
            return;
        }

        if (news.Replica == replica)
        {
            return;
        }

        metrics.Received(news.IsDeletion ? "deletion" : news.Messages is not null ? "inline" : news.State is not null ? "state" : "hint");
        using var pin = feeds.TryPin(id);
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

        foreach (var observer in _observers)
        {
            if (news.State is { } chat)
            {
                observer.OnNews(chat);
            }
            else
            {
                observer.OnMissed(id, news.Owner);
            }
        }
    }

    private void Take(Feed feed, Notification news)
    {
        if (news.State is { } chat)
        {
            var isInline = feed.PublishRemote(chat, news.Messages ?? [], Age(news));
            metrics.Inlined(isInline && news.Messages is not null ? news.Messages.Count : 0);
        }
        else
        {
            feed.MarkUnsyncedBelow(news.Version);
        }
    }

    /// <summary>How long ago the commit was, as far as the two clocks agree.</summary>
    private TimeSpan Age(Notification news)
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return news.CommittedAt <= now && news.CommittedAt > now - _oldestMeasured ? TimeSpan.FromMicroseconds(now - news.CommittedAt) : TimeSpan.Zero;
    }

    [LoggerMessage(1, LogLevel.Information, "The notification channel is connected")]
    private partial void LogConnected();

    [LoggerMessage(3, LogLevel.Warning, "A notification could not be taken in")]
    private partial void LogNotTaken(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The notification channel is down; next try in {Pause}. Until then changes are found by comparing versions")]
    private partial void LogLost(TimeSpan pause, Exception exception);
}
