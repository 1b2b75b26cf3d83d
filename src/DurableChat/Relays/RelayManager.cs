using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Relays;

/// <summary>
/// Keeps one relay for each chat that has subscribers here and is driven by another replica. It runs on its own: no subscriber waits for it. It follows the lease, and goes when the turn or the
/// last subscriber does. Thread-safe.
/// </summary>
internal sealed partial class RelayManager(
    IRelay? relay, FeedRegistry feeds, ILeaseStore leases, RelayMetrics metrics, TimeProvider time, ILogger<RelayManager> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _newsPatience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _warningInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ChatId, byte> _running = new();
    private readonly ConcurrentDictionary<string, Uri> _addresses = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private long? _warnedAt;

    /// <summary>How many relays there are.</summary>
    public int Count => _running.Count;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (relay is not null)
        {
            feeds.RelayNeeded += Start;
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        feeds.RelayNeeded -= Start;
        return _stop.CancelAsync();
    }

    public void Dispose() => _stop.Dispose();

    private void Start(Feed feed)
    {
        if (_running.TryAdd(feed.Id, 0))
        {
            _ = Task.Run(() => RunAsync(feed.Id));
        }
    }

    private async Task RunAsync(ChatId chat)
    {
        metrics.Opened();
        using var pin = feeds.Pin(chat);
        try
        {
            var pause = _firstPause;
            while (pin.Feed.RelayTarget is { } target && !_stop.IsCancellationRequested)
            {
                switch (await FollowAsync(pin.Feed, target).ConfigureAwait(false))
                {
                    case RelayEnd.Followed:
                        pause = _firstPause;
                        break;
                    case RelayEnd.Unreachable:
                        _addresses.TryRemove(target.Replica, out _);
                        break;
                }

                await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
            }
        }
        finally
        {
            _running.TryRemove(chat, out _);
            metrics.Closed();
        }

        // A turn may have begun between the last look and the removal.
        if (pin.Feed.RelayTarget is not null && !_stop.IsCancellationRequested)
        {
            Start(pin.Feed);
        }
    }

    /// <summary>Follows one lease holder.</summary>
    private async Task<RelayEnd> FollowAsync(Feed feed, RelayTarget target)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var end = RelayEnd.Empty;
        var watching = WatchAsync(feed, target, over);
        try
        {
            if (await FindAddressAsync(target.Replica, over.Token).ConfigureAwait(false) is not { } address)
            {
                return RelayEnd.Unreachable;
            }

            await foreach (var frame in relay!.ReadAsync(address, feed.Id, target.Generation, target.Seq, over.Token).ConfigureAwait(false))
            {
                metrics.Received();
                end = RelayEnd.Followed;
                if (!await TakeAsync(feed, frame, over.Token).ConfigureAwait(false))
                {
                    return end;
                }
            }

            return end;
        }
        catch (OperationCanceledException)
        {
            // Unless it was meant, somebody's time ran out.
            return over.IsCancellationRequested ? RelayEnd.Followed : RelayEnd.Unreachable;
        }
        catch (Exception exception) when (exception is RelayException or ChatStoreException)
        {
            metrics.Failed();
            if (IsWarningDue())
            {
                LogBroken(feed.Id, target.Replica, exception.Message);
            }

            return RelayEnd.Unreachable;
        }
#pragma warning disable CA1031 // Nobody waits for a relay, so nobody would notice that it is gone: it says what it met, and goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            metrics.Failed();
            LogFailed(exception, feed.Id, target.Replica);
            return RelayEnd.Unreachable;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    /// <summary>Takes a frame; false if the relay must be opened anew.</summary>
    private async Task<bool> TakeAsync(Feed feed, RelayFrame frame, CancellationToken cancellationToken)
    {
        var revision = feed.Revision;
        var outcome = feed.AppendRelayed(frame);
        if (outcome != RelayOutcome.Ahead)
        {
            return outcome == RelayOutcome.Taken;
        }

        // The parts have overtaken the notification of the commit they follow. It is on its way, or was lost.
        var started = time.GetTimestamp();
        while (outcome == RelayOutcome.Ahead && time.GetElapsedTime(started) is var waited && waited < _newsPatience)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(_newsPatience - waited);
            await feed.WaitAsync(revision, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            revision = feed.Revision;
            outcome = feed.AppendRelayed(frame);
        }

        if (outcome == RelayOutcome.Ahead)
        {
            feed.MarkUnsyncedBelow(frame.Version);
        }

        return outcome == RelayOutcome.Taken;
    }

    /// <summary>Ends the following once the lease has moved, the turn is over, or nobody subscribes any more.</summary>
    private static async Task WatchAsync(Feed feed, RelayTarget target, CancellationTokenSource over)
    {
        while (!over.IsCancellationRequested)
        {
            var revision = feed.Revision;
            if (feed.RelayTarget?.Replica != target.Replica)
            {
                await over.CancelAsync().ConfigureAwait(false);
                return;
            }

            await feed.WaitAsync(revision, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Uri?> FindAddressAsync(string replica, CancellationToken cancellationToken)
    {
        if (_addresses.TryGetValue(replica, out var known))
        {
            return known;
        }

        if (!Uri.TryCreate(await leases.FindAddressAsync(replica, cancellationToken).ConfigureAwait(false), UriKind.Absolute, out var address))
        {
            return null;
        }

        _addresses[replica] = address;
        return address;
    }

    /// <summary>A replica that cannot be reached is met by every chat that it drives, again and again: one word in a while is enough, the metric counts them all.</summary>
    private bool IsWarningDue()
    {
        lock (_gate)
        {
            if (_warnedAt is { } before && time.GetElapsedTime(before) < _warningInterval)
            {
                return false;
            }

            _warnedAt = time.GetTimestamp();
            return true;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The relay of chat {Chat} from replica {Replica} broke: {Reason} Until it is back, parts of answers are missing here; messages are not")]
    private partial void LogBroken(ChatId chat, string replica, string reason);

    [LoggerMessage(2, LogLevel.Error, "The relay of chat {Chat} from replica {Replica} failed")]
    private partial void LogFailed(Exception exception, ChatId chat, string replica);
}
