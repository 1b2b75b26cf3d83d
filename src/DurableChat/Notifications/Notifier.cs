using System.Threading.Channels;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Notifications;

/// <summary>
/// Tells other replicas of this one's commits: after them, outside of their transactions, many in one batch. While the channel is slow or down, what is too much is dropped: the
/// others find it by comparing versions. Thread-safe.
/// </summary>
internal sealed partial class Notifier(
    INotificationChannel? channel, NotificationOptions options, string replica, NotificationMetrics metrics, ILogger<Notifier> logger) : BackgroundService, ICommitObserver
{
    private const int MaxBatch = 256;
    private const int MaxWaiting = 16_384;

    /// <summary>Messages whose commits wait to be told are kept alive by it.</summary>
    private const long MaxWaitingBytes = 32 * 1024 * 1024;

    /// <summary>How long a server that stops still tries to tell what it has to tell.</summary>
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _giveUp = new();

    private readonly Channel<News> _line = Channel.CreateBounded<News>(new BoundedChannelOptions(MaxWaiting));
    private long _waitingBytes;

    /// <inheritdoc/>
    public void OnCommitted(Transition transition) => Add(transition, transition.Next.Id, transition.Next.Owner);

    /// <inheritdoc/>
    public void OnNews(Chat chat)
    {
        // It came from a replica that has told all the others too.
    }

    /// <inheritdoc/>
    public void OnMissed(ChatId id, string owner)
    {
        // Each replica compares versions for itself.
    }

    /// <inheritdoc/>
    public void OnInDoubt(ChatId id, string owner)
    {
        // If it happened, the others find it by comparing versions.
    }

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner) => Add(null, id, owner);

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
            while (await _line.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                batch.Clear();
                while (batch.Count < MaxBatch && TryTake() is { } next)
                {
                    batch.Add(Write(next));
                }

                // Not the stopping token: what is on its way then is of the chats that the worker has just handed over.
                await SendAsync(batch, _giveUp.Token).ConfigureAwait(false);
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
        while (TryTake() is { } next)
        {
            rest.Add(Write(next));
        }

        if (rest.Count > 0)
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

    private void Add(Transition? commit, ChatId id, string owner)
    {
        if (channel is null)
        {
            return;
        }

        var news = new News(commit, id, owner);

        // The oldest go first: whoever is told a later version knows that it has missed those before.
        Interlocked.Add(ref _waitingBytes, news.Bytes);
        while (Interlocked.Read(ref _waitingBytes) > MaxWaitingBytes && TryDrop())
        {
        }

        while (!_line.Writer.TryWrite(news))
        {
            TryDrop();
        }
    }

    private bool TryDrop()
    {
        if (TryTake() is null)
        {
            return false;
        }

        metrics.Dropped(1);
        return true;
    }

    private News? TryTake()
    {
        if (!_line.Reader.TryRead(out var next))
        {
            return null;
        }

        Interlocked.Add(ref _waitingBytes, -next.Bytes);
        return next;
    }

    private string Write(News news) => news.Commit is { } commit
        ? NotificationWriter.Write(commit, replica, channel!.MaxPayloadBytes, options.InlineMessages)
        : NotificationWriter.WriteDeletion(news.Id, news.Owner, replica);

    private async Task SendAsync(List<string> batch, CancellationToken cancellationToken)
    {
        try
        {
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

    /// <summary>A commit, or without one a deletion, that is to be told.</summary>
    private sealed record News(Transition? Commit, ChatId Id, string Owner)
    {
        /// <summary>About what it keeps in memory.</summary>
        public long Bytes { get; } = sizeof(char) * (Commit is null ? 0 : NotificationWriter.CharsOf(Commit));
    }
}
