using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Relays;

/// <summary>
/// Keeps one relay for each chat that has subscribers here and is driven by another replica. It runs in the background:
/// no subscriber waits for it. It follows the lease, and ends with the turn or the last subscriber. Thread-safe.
/// </summary>
internal sealed partial class RelayManager(
    FeedRegistry feeds,
    ILeaseStore leases,
    RelayMetrics metrics,
    TimeProvider time,
    ILogger<RelayManager> logger,
    IRelay? relay = null) : IHostedService, IDisposable
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

    /// <summary>The number of relays.</summary>
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
            var pause = new GrowingPause(_firstPause, _longestPause);
            while (pin.Feed.RelayTarget is { } target && !_stop.IsCancellationRequested)
            {
                switch (await FollowAsync(pin.Feed, target).ConfigureAwait(false))
                {
                    case RelayEnd.Followed:
                        pause.Reset();
                        break;
                    case RelayEnd.Unreachable:
                        _addresses.TryRemove(target.Replica, out _);
                        break;
                }

                await Task.Delay(pause.Current, time, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause.Grow();
            }
        }
        finally
        {
            _running.TryRemove(chat, out _);
            metrics.Closed();
        }

        // A turn may have started between the last check and the removal.
        if (pin.Feed.RelayTarget is not null && !_stop.IsCancellationRequested)
        {
            Start(pin.Feed);
        }
    }

    /// <summary>Relays from one lease holder.</summary>
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

            await foreach (var frame in relay!
                .ReadAsync(address, feed.Id, target.Generation, target.Seq, over.Token)
                .ConfigureAwait(false))
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
            // Unless the relay was ended on purpose, a timeout has expired.
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
#pragma warning disable CA1031 // Nothing awaits a relay: log its failure here and continue.
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

    /// <summary>Takes a frame. False if the relay must be opened again.</summary>
    private async Task<bool> TakeAsync(Feed feed, RelayFrame frame, CancellationToken cancellationToken)
    {
        var revision = feed.Revision;
        var outcome = feed.AppendRelayed(frame);
        if (outcome != RelayOutcome.Ahead)
        {
            return outcome == RelayOutcome.Taken;
        }

        // The parts arrived before the notification of the commit that they follow. The notification is on its way or
        // was lost.
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

    /// <summary>Ends the relay when the lease moves, the turn ends, or the last subscriber leaves.</summary>
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

        if (!Uri.TryCreate(
            await leases.FindAddressAsync(replica, cancellationToken).ConfigureAwait(false),
            UriKind.Absolute,
            out var address))
        {
            return null;
        }

        _addresses[replica] = address;
        return address;
    }

    /// <summary>
    /// Every chat of an unreachable replica runs into it repeatedly. One warning per interval is enough, and the metric
    /// counts all cases.
    /// </summary>
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

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "The relay of chat {Chat} from replica {Replica} broke: {Reason} Until it is back, parts of answers are "
            + "missing here; messages are not")]
    private partial void LogBroken(ChatId chat, string replica, string reason);

    [LoggerMessage(2, LogLevel.Error, "The relay of chat {Chat} from replica {Replica} failed")]
    private partial void LogFailed(Exception exception, ChatId chat, string replica);
}
