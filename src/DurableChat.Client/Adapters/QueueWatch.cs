namespace DurableChat.Client.Adapters;

/// <summary>
/// Finds the turn of a message that waits in the queue: its user message has the number that it had there. For one
/// stream; not thread-safe.
/// </summary>
/// <remarks>
/// A stream shows a user message before it shows the queue without it. So a queue that lacks the message, and no user
/// message of its number before it, mean that it was taken out. They mean the same if a replica of an older version has
/// begun its turn, which gives user messages no number: the wait ends, though with an error.
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
    /// True if the newest queue lacks the message, and may be older than it: a replica that has not heard of the message
    /// yet shows such a queue, and one that hears of its deletion at the same time shows no other. The server knows.
    /// </summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>True if the event is the message's user message: its turn begins.</summary>
    /// <exception cref="DurableChatException">It will not have its turn, or not without help.</exception>
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
                // What was acknowledged may be lost with the history, and lower versions may follow.
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

    /// <summary>Takes the queue as it was at a version of the chat of which all messages have been seen.</summary>
    /// <exception cref="DurableChatException">The message was taken out of it.</exception>
    public void TakeQueue(IReadOnlyList<QueuedMessage> queue, long at)
    {
        _isSeen = queue.Any(queued => queued.Id == queuedId);
        _isLacking = !_isSeen;
        IsInDoubt &= _isLacking;
        if (_isLacking && at >= _version)
        {
            throw new DurableChatException("queued_message_deleted", "The message was taken out of the queue before it had its turn.");
        }

        ThrowIfStuck();
    }

    /// <summary>After a failed turn the queue is paused until another message is sent.</summary>
    private void ThrowIfStuck()
    {
        if (_isSeen && _failure is { Error: var error })
        {
            throw new DurableChatException(error.Code, $"The turn before failed, and the message was not sent: {error.Message}") { IsRetryable = error.Retryable };
        }
    }
}
