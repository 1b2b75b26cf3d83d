using System.Threading.Channels;
using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Notifications;

/// <summary>
/// Notifies other replicas of this replica's commits: after them, outside their transactions, many in one batch. While
/// the channel is slow or down, excess notifications are dropped, and the other replicas find the changes by comparing
/// versions. Each chat has at most one waiting notification, and owners take turns. Thread-safe.
/// </summary>
internal sealed partial class Notifier : BackgroundService, ICommitObserver
{
    private const int MaxBatch = 256;
    private const int MaxWaiting = 16_384;

    /// <summary>The maximum memory of waiting notifications.</summary>
    private const long MaxWaitingBytes = 32 * 1024 * 1024;

    /// <summary>How long a stopping server still tries to send what waits.</summary>
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(5);

    private readonly INotificationChannel? _channel;
    private readonly NotificationSeal _seal;
    private readonly string _replica;
    private readonly NotificationMetrics _metrics;
    private readonly ILogger<Notifier> _logger;
    private readonly CancellationTokenSource _giveUp = new();

    // The maximum content that fits into a payload after sealing.
    private readonly int _maxBytes;

    private readonly NewsLine _line;

    // Signals only that something waits: several signals cause one look at the queue.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Notifier(
        CommitObservers commits,
        NotificationSeal seal,
        ReplicaName replica,
        NotificationMetrics metrics,
        ILogger<Notifier> logger,
        INotificationChannel? channel = null)
    {
        (_channel, _seal, _replica, _metrics, _logger) = (channel, seal, replica.Value, metrics, logger);
        _maxBytes = NotificationSeal.MaxContentBytes(channel?.MaxPayloadBytes ?? 0);
        _line = new NewsLine(MaxWaiting, MaxWaitingBytes, _maxBytes);
        if (channel is not null)
        {
            commits.Add(this);
        }
    }

    /// <inheritdoc/>
    public void OnCommitted(Transition transition) => Add(News.Of(transition, _maxBytes));

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner) => Add(News.OfDeletion(id, owner));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_channel is null)
        {
            return;
        }

        var batch = new List<string>(MaxBatch);
        try
        {
            while (await _wake.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                _wake.Reader.TryRead(out _);
                while (!stoppingToken.IsCancellationRequested && Fill(batch, MaxBatch))
                {
                    // Do not use the stopping token: a batch sent at that moment concerns chats that the worker has
                    // just handed over.
                    await SendAsync(batch, _giveUp.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // StopAsync sends what the worker hands over while the server stops.
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _giveUp.CancelAfter(_lastWords);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_channel is null)
        {
            return;
        }

        var rest = new List<string>();
        if (Fill(rest, int.MaxValue))
        {
            await SendAsync(rest, _giveUp.Token).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _giveUp.Dispose();
    }

    private void Add(News news)
    {
        // The oldest are dropped first: a replica that receives a later version knows that it has missed the earlier
        // ones.
        _metrics.Dropped(_line.Add(news));
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Writes what waits. False if nothing does.</summary>
    private bool Fill(List<string> batch, int max)
    {
        batch.Clear();
        while (batch.Count < max && _line.TryTake() is { } next)
        {
            batch.Add(NotificationWriter.Write(next, _replica, _maxBytes));
        }

        return batch.Count > 0;
    }

    private async Task SendAsync(List<string> batch, CancellationToken cancellationToken)
    {
        try
        {
            await _seal.ReadyAsync(cancellationToken).ConfigureAwait(false);
            for (var index = 0; index < batch.Count; index++)
            {
                batch[index] = _seal.Seal(batch[index], SealedKind.News);
            }

            await _channel!.PublishAsync(batch, cancellationToken).ConfigureAwait(false);
            _metrics.Sent(batch.Count);
        }
#pragma warning disable CA1031 // Hints may be lost, whatever the channel throws. The server must continue.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _metrics.Dropped(batch.Count);
            LogNotSent(batch.Count, exception);
        }
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "{Count} notifications could not be sent; other replicas will find the changes by comparing versions")]
    private partial void LogNotSent(int count, Exception exception);
}
