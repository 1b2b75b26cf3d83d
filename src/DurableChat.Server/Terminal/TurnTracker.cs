using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>
/// Finds the turn of one message in a chat's stream, which may also show messages of other clients. Not thread-safe.
/// </summary>
/// <param name="own">The message's id; null while it waits in the queue.</param>
/// <param name="queuedId">Its queue number; null if it does not wait.</param>
/// <param name="known">The last message before it was sent.</param>
/// <param name="version">The chat's version when it was sent.</param>
internal sealed class TurnTracker(long? own, long? queuedId, long known, long version)
{
    private long? _own = own;
    private long _seen = known;
    private long _version = version;

    /// <summary>
    /// True if the chat is idle or continues with another message. Messages may still be in transit: see
    /// <see cref="HasReached"/>.
    /// </summary>
    public bool MayBeOver { get; private set; }

    /// <summary>True if the message is in the history.</summary>
    public bool HasBegun => _own is not null;

    /// <summary>True if the message waits in the queue, as far as is known.</summary>
    public bool IsQueued { get; private set; } = queuedId is not null;

    /// <summary>
    /// True if the next turn has begun, or if the message was removed from the queue, so that its turn never begins.
    /// </summary>
    public bool IsOver { get; private set; }

    /// <summary>Processes an event. True if it is a message of the turn.</summary>
    public bool Take(ChatEvent streamEvent)
    {
        switch (streamEvent)
        {
            case StatusEvent status:
                MayBeOver = status.Version >= _version && status.Status is not (ChatStatuses.Running or ChatStatuses.Interrupting);
                return false;
            case QueueEvent queue when !HasBegun && queue.Version >= _version:
                // The stream sends a user message before the queue without it.
                IsQueued = queue.Queue.Any(queued => queued.Id == queuedId);
                IsOver = !IsQueued;
                return false;
            case HistoryResetEvent:
                // An acknowledged message may be lost with the history, and lower versions may follow.
                (_seen, _version) = (0, 0);
                return false;
            case MessageEvent { Message: var message }:
                return TakeMessage(message);
            default:
                return false;
        }
    }

    /// <summary>True if all messages up to this one have arrived.</summary>
    public bool HasReached(long lastMessageId) => _seen >= lastMessageId;

    private bool TakeMessage(HistoryMessage message)
    {
        _seen = message.Id;
        if (message.Role != "user")
        {
            return _own < message.Id && !IsOver;
        }

        if (message.QueuedId is { } number && number == queuedId)
        {
            _own = message.Id;
        }

        IsOver = _own < message.Id;
        return false;
    }
}
