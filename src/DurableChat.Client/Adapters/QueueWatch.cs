namespace DurableChat.Client.Adapters;

/// <summary>
/// Detects the turn of a queued message: the user message of that turn carries the message's number in the queue. For
/// one stream. Not thread-safe.
/// </summary>
/// <remarks>
/// A stream shows a user message before it shows the queue without it. So if the queue lacks the message, and no user
/// message with its number came before, the message was removed from the queue. The same happens if a replica of an
/// older version has started its turn, because that version gives user messages no number. The wait then ends with an
/// error.
/// </remarks>
/// <param name="queuedId">The message's number in the queue.</param>
/// <param name="version">The version of the chat at which it was queued.</param>
/// <param name="afterMessageId">A message that was committed before it was queued.</param>
internal sealed class QueueWatch(long queuedId, long version, long afterMessageId)
{
    private long _version = version;
    private long _lastMessageId = afterMessageId;
    private bool _isSeen;
    private bool _isLacking;
    private ErrorEvent? _failure;

    /// <summary>
    /// True if the newest queue lacks the message, but may be older than the message. A replica that does not know of
    /// the message yet shows such a queue. A replica that learns of the message and its deletion together shows no
    /// other. Only a request to the server can settle it.
    /// </summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>True if the event is the message's user message, so that its turn starts.</summary>
    /// <exception cref="DurableChatException">The message will not run, or not without another message.</exception>
    public bool Begins(ChatEvent next)
    {
        switch (next)
        {
            case MessageEvent { Message: var message } when message.Id > _lastMessageId:
                _lastMessageId = message.Id;
                _failure = message.Role == "user" ? null : _failure;
                return message.QueuedId == queuedId;
            case MessageEvent { Message: var message }:
                return message.QueuedId == queuedId;
            case HistoryResetEvent:
                // The reset may have removed what was acknowledged, and lower versions may follow.
                _version = 0;
                break;
            case QueueEvent queue:
                TakeQueue(queue.Queue, queue.Version);
                break;
            case StateEvent state:
                _failure = state is ErrorEvent error && state.Version > _version ? error : _failure;
                IsInDoubt |= _isLacking && state.Version >= _version;
                ThrowIfStuck();
                break;
        }

        return false;
    }

    /// <summary>Takes the queue at a version of the chat, once all messages of that version have been seen.</summary>
    /// <exception cref="DurableChatException">The message was removed from the queue.</exception>
    public void TakeQueue(IReadOnlyList<QueuedMessage> queue, long at)
    {
        _isSeen = queue.Any(queued => queued.Id == queuedId);
        _isLacking = !_isSeen;
        IsInDoubt &= _isLacking;
        if (_isLacking && at >= _version)
        {
            throw new DurableChatException(
                "queued_message_deleted", "The message was taken out of the queue before it had its turn.");
        }

        ThrowIfStuck();
    }

    /// <summary>After a failed turn the queue is paused until another message is sent.</summary>
    private void ThrowIfStuck()
    {
        if (_isSeen && _failure is { Error: var error })
        {
            throw new DurableChatException(
                error.Code, $"The turn before failed, and the message was not sent: {error.Message}")
            {
                IsRetryable = error.Retryable,
            };
        }
    }
}
