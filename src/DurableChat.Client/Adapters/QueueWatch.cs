namespace DurableChat.Client.Adapters;

/// <summary>
/// Detects when the turn of a queued message starts. The user message in the history does not say which queued message
/// it was, and the queue may hold other messages with the same text, so the queue decides. User messages with this text
/// are held, together with what follows them, until the next <see cref="QueueEvent"/> shows whether the message is
/// still queued. For one stream. Not thread-safe.
/// </summary>
/// <param name="queuedId">The message's number in the queue.</param>
/// <param name="text">The text of the message.</param>
/// <param name="version">The version of the chat at which it was queued.</param>
/// <param name="afterMessageId">A message that was committed before it was queued.</param>
/// <param name="ahead">How many messages with the same text were queued before it.</param>
internal sealed class QueueWatch(long queuedId, string text, long version, long afterMessageId, int ahead)
{
    /// <summary>
    /// What arrived since the last queue event, starting with the first user message that may be the one.
    /// </summary>
    private readonly List<ChatEvent> _held = [];
    private readonly List<int> _candidates = [];
    private long _lastMessageId = afterMessageId;
    private int _ahead = ahead;
    private bool _knowsQueue;
    private ErrorEvent? _failure;

    /// <summary>The events of the message's turn, its user message first. Null while the message waits.</summary>
    /// <exception cref="DurableChatException">The message will not run, or not without another message.</exception>
    public IReadOnlyList<ChatEvent>? Read(ChatEvent next)
    {
        switch (next)
        {
            case QueueEvent { Queue: var queue }:
                return Settle(queue);
            case HistoryResetEvent:
                // The queue survives a rewrite. Repeated messages of the history have ids that were seen before.
                _held.Clear();
                _candidates.Clear();
                return null;
            case MessageEvent { Message: var message } when message.Id > _lastMessageId:
                _lastMessageId = message.Id;
                if (message.Role == "user")
                {
                    _failure = null;

                    // An edit leaves a gap in the ids. A message from the queue has the id directly after the preceding
                    // one.
                    if (message.Text == text && message.PreviousId == message.Id - 1)
                    {
                        _candidates.Add(_held.Count);
                    }
                }

                break;
            case ErrorEvent error when error.Version > version && _candidates.Count == 0:
                _failure = error;
                ThrowIfStuck();
                return null;
        }

        if (_candidates.Count > 0)
        {
            _held.Add(next);
        }

        return null;
    }

    private List<ChatEvent>? Settle(IReadOnlyList<QueuedMessage> queue)
    {
        _knowsQueue = true;
        if (queue.Any(queued => queued.Id == queuedId))
        {
            _ahead = queue.TakeWhile(queued => queued.Id != queuedId).Count(queued => queued.Content == text);
            _held.Clear();
            _candidates.Clear();
            ThrowIfStuck();
            return null;
        }

        // Fewer candidates than messages ahead: some were deleted, or this message was promoted ahead of them.
        return _candidates.Count > 0
            ? _held[_candidates[Math.Min(_ahead, _candidates.Count - 1)]..]
            : throw new DurableChatException("queued_message_deleted", "The message was taken out of the queue before it had its turn.");
    }

    /// <summary>After a failed turn the queue is paused until another message is sent.</summary>
    private void ThrowIfStuck()
    {
        if (_knowsQueue && _failure is { Error: var error })
        {
            throw new DurableChatException(error.Code, $"The turn before failed, and the message was not sent: {error.Message}") { IsRetryable = error.Retryable };
        }
    }
}
