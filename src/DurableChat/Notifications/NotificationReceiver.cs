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

    private readonly ICommitObserver[] _observers = [.. observers];
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
        if (_faults is null)
        {
            Take(payload);
            return;
        }

        foreach (var passed in _faults.Pass(payload))
        {
            Take(passed);
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
            catch (ChannelException exception)
            {
                LogLost(_pause, exception);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
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

        if (news.State is { } chat)
        {
            foreach (var observer in _observers)
            {
                observer.OnNews(chat);
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
        var age = time.GetUtcNow() - DateTimeOffset.UnixEpoch.AddMicroseconds(news.CommittedAt);
        return age < TimeSpan.Zero || age > TimeSpan.FromMinutes(1) ? TimeSpan.Zero : age;
    }

    [LoggerMessage(1, LogLevel.Information, "The notification channel is connected")]
    private partial void LogConnected();

    [LoggerMessage(2, LogLevel.Warning, "The notification channel is down; next try in {Pause}. Until then changes are found by comparing versions")]
    private partial void LogLost(TimeSpan pause, Exception exception);
}
