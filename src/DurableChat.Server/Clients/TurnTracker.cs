using DurableChat.Client;

namespace DurableChat.Server.Clients;

/// <summary>
/// Finds the turn of one message in a chat's stream, which may also show messages of other clients. Not thread-safe.
/// </summary>
/// <param name="content">The message.</param>
/// <param name="own">Its id; null while it waits in the queue.</param>
/// <param name="known">The last message before it was sent.</param>
/// <param name="version">The chat's version when it was sent.</param>
internal sealed class TurnTracker(string content, long? own, long known, long version)
{
    private readonly long _known = known;
    private long? _own = own;
    private long _seen = known;

    /// <summary>
    /// True if the chat is idle or continues with another message. Messages may still be in transit: see
    /// <see cref="HasReached"/>.
    /// </summary>
    public bool MayBeOver { get; private set; }

    /// <summary>True if the message is in the history.</summary>
    public bool HasBegun => _own is not null;

    /// <summary>True if the next turn has begun.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Processes an event. True if it is a message of the turn.</summary>
    public bool Take(ChatEvent streamEvent)
    {
        switch (streamEvent)
        {
            case StatusEvent status:
                MayBeOver = status.Version >= version && status.Status is not (ChatStatuses.Running or ChatStatuses.Interrupting);
                return false;
            case HistoryResetEvent:
                _seen = 0;
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

        if (_own is null && message.Id > _known && message.Text == content)
        {
            _own = message.Id;
        }

        IsOver = _own < message.Id;
        return false;
    }
}
