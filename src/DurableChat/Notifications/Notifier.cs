using System.Threading.Channels;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Notifications;

/// <summary>
/// Tells other replicas of this one's commits: after them, outside of their transactions, many in one batch. While the channel is slow or down, what is too much is dropped: the
/// others find it by comparing versions. What waits is told once for each chat, owners in turn. Thread-safe.
/// </summary>
internal sealed partial class Notifier(
    INotificationChannel? channel, NotificationSeal seal, string replica,
        NotificationMetrics metrics, ILogger<Notifier> logger) : BackgroundService, ICommitObserver
{
    private const int MaxBatch = 256;
    private const int MaxWaiting = 16_384;

    /// <summary>What waits to be told is kept in memory by it.</summary>
    private const long MaxWaitingBytes = 32 * 1024 * 1024;

    /// <summary>How long a server that stops still tries to tell what it has to tell.</summary>
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _giveUp = new();

    // What fits into a payload once it is sealed.
    private readonly int _maxBytes = NotificationSeal.MaxContentBytes(channel?.MaxPayloadBytes ?? 0);

    private readonly NewsLine _line = new(MaxWaiting, MaxWaitingBytes,
        NotificationSeal.MaxContentBytes(channel?.MaxPayloadBytes ?? 0));

    // Says that something waits, and no more: one who is late looks at the line once.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    public void OnCommitted(Transition transition)
    {
        if (channel is not null)
        {
            Add(News.Of(transition, _maxBytes));
        }
    }

    /// <inheritdoc/>
    public void OnNews(Chat chat)
    {
        // It came from a replica that has told all the others too.
    }

    /// <inheritdoc/>
    public void OnDoubt(ChatId id, string owner, bool isOwn)
    {
        // Each replica compares versions for itself.
    }

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner)
    {
        if (channel is not null)
        {
            Add(News.OfDeletion(id, owner));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (channel is null)
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
                    // Not the stopping token: what is on its way then is of the chats that the worker has just handed over.
                    await SendAsync(batch, _giveUp.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What the worker hands over while the server stops goes out in StopAsync.
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _giveUp.CancelAfter(_lastWords);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (channel is null)
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
        // The oldest go first: a replica that hears of a later version knows that it has missed those before.
        metrics.Dropped(_line.Add(news));
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Writes what waits; false if nothing does.</summary>
    private bool Fill(List<string> batch, int max)
    {
        batch.Clear();
        while (batch.Count < max && _line.TryTake() is { } next)
        {
            batch.Add(NotificationWriter.Write(next, replica, _maxBytes));
        }

        return batch.Count > 0;
    }

    private async Task SendAsync(List<string> batch, CancellationToken cancellationToken)
    {
        try
        {
            await seal.ReadyAsync(cancellationToken).ConfigureAwait(false);
            for (var index = 0; index < batch.Count; index++)
            {
                batch[index] = seal.Seal(batch[index], SealedKind.News);
            }

            await channel!.PublishAsync(batch, cancellationToken).ConfigureAwait(false);
            metrics.Sent(batch.Count);
        }
#pragma warning disable CA1031 // Hints may be lost, whatever it is that the channel throws; the server must go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            metrics.Dropped(batch.Count);
            LogNotSent(batch.Count, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Count} notifications could not be sent; other replicas will find the changes by comparing versions")]
    private partial void LogNotSent(int count, Exception exception);
}
