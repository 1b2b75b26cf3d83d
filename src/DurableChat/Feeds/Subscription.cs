using DurableChat.Chats;
using DurableChat.Storage;
using Polly;

namespace DurableChat.Feeds;

/// <summary>
/// One subscriber of one chat: a cursor that pulls. Each call of <see cref="NextAsync"/> returns the next events, from
/// memory if the feed has them and otherwise from the database, and waits if there are none. Used by one caller at a
/// time. Dispose it to release the feed.
/// </summary>
public sealed class Subscription : IEventSource
{
    private readonly FeedPin _pin;
    private readonly CatchUpReader _reader;
    private readonly FeedMetrics _metrics;
    private readonly ResiliencePipeline _retry;
    private readonly SubscriberCursor _cursor;
    private bool _wasAtHead;
    private bool _disposed;

    internal Subscription(
        FeedPin pin,
        CatchUpReader reader,
        FeedMetrics metrics,
        ResiliencePipeline retry,
        Position position)
    {
        _pin = pin;
        _reader = reader;
        _metrics = metrics;
        _retry = retry;
        _cursor = new SubscriberCursor(position);
        pin.Feed.Join(_cursor);
        metrics.SubscriptionOpened();
    }

    /// <summary>The subscriber's position, including the events of the last call.</summary>
    public Position Position => _cursor.Position;

    /// <summary>
    /// Replaces the content of <paramref name="events"/> with the next events, at least one, in the order to send them.
    /// False if the chat is gone.
    /// </summary>
    /// <exception cref="ChatStoreException">
    /// The database could not be read, several times in a row. The subscription is still usable.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled. The subscription is still usable.</exception>
    public async ValueTask<bool> NextAsync(List<StreamEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        events.Clear();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _wasAtHead = !_cursor.Initial;
            var look = _pin.Feed.Look(_cursor, events);
            switch (look.Kind)
            {
                case FeedLookKind.Delivered:
                    return true;
                case FeedLookKind.Idle:
                    await _pin.Feed.WaitAsync(look.Revision, cancellationToken).ConfigureAwait(false);
                    break;
                case FeedLookKind.Unsynced:
                    await _retry.ExecuteAsync(
                        static async (self, ct) => await self._reader.LoadAsync(self._pin.Feed, ct)
                            .ConfigureAwait(false), this, cancellationToken).ConfigureAwait(false);
                    break;
                case FeedLookKind.Miss:
                    var page = await _retry.ExecuteAsync(
                        static async (state, ct) => await state.Self._reader
                            .ReadAsync(state.Self._pin.Feed, state.Look, ct)
                            .ConfigureAwait(false),
                        (Self: this, Look: look),
                        cancellationToken).ConfigureAwait(false);
                    Take(page, events);
                    if (events.Count > 0)
                    {
                        return true;
                    }

                    break;
                default:
                    return false;
            }
        }
    }

    /// <inheritdoc/>
    public void ConfirmSent(IReadOnlyList<StreamEvent> events) => _metrics.Sent(events, isLive: _wasAtHead);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _metrics.SubscriptionClosed();
            _pin.Feed.Leave(_cursor);
            _pin.Dispose();
        }
    }

    /// <summary>
    /// Takes from a page what continues this cursor. Some reads give nothing: messages that arrived before they were
    /// read, pages of another epoch, those that start
    /// after the cursor because only the end of the window was missing, and those that end before it. The next look
    /// then decides again.
    /// </summary>
    private void Take(CatchUpPage? page, List<StreamEvent> events)
    {
        if (page is null || page.Epoch != _cursor.Position.Epoch || page.AfterId > _cursor.Position.MessageId)
        {
            return;
        }

        foreach (var message in page.Events)
        {
            if (message.MessageId <= _cursor.Position.MessageId)
            {
                continue;
            }

            if (!_cursor.TryDeliver(message, _pin.Feed.Id, events))
            {
                // Within one epoch, only a position that the history never had breaks the chain.
                events.Add(StreamEvents.HistoryReset(_pin.Feed.Id, page.Epoch));
                _cursor.Restart(page.Epoch);
                return;
            }
        }
    }
}
