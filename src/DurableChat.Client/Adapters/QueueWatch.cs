namespace DurableChat.Client.Adapters;

/// <summary>
/// Tells when a message that had to queue has its turn. Its user message does not tell which one of the queue it was, and equal texts may wait beside it, so the queue decides: user messages with its text
/// are kept, with what follows them, until the next <see cref="QueueEvent"/> shows whether it is still there. For one stream; not thread-safe.
/// </summary>
/// <param name="queuedId">The message's number in the queue.</param>
/// <param name="text">What it says.</param>
/// <param name="version">The version of the chat at which it was queued.</param>
/// <param name="afterMessageId">A message that was committed before it was queued.</param>
/// <param name="ahead">How many messages with the same text were queued before it.</param>
internal sealed class QueueWatch(long queuedId, string text, long version, long afterMessageId, int ahead)
{
    /// <summary>What came since the queue was last shown, from the first user message on that can be the one.</summary>
    private readonly List<ChatEvent> _held = [];
    private readonly List<int> _candidates = [];
    private long _lastMessageId = afterMessageId;
    private int _ahead = ahead;
    private bool _knowsQueue;
    private ErrorEvent? _failure;

    /// <summary>What belongs to the message's turn, its user message first; null as long as it waits.</summary>
    /// <exception cref="DurableChatException">It will not have its turn, or not by itself.</exception>
    public IReadOnlyList<ChatEvent>? Read(ChatEvent next)
    {
        switch (next)
        {
            case QueueEvent { Queue: var queue }:
                return Settle(queue);
            case HistoryResetEvent:
                // The queue outlives a rewrite. What comes again of the history has ids that were seen.
                _held.Clear();
                _candidates.Clear();
                return null;
            case MessageEvent { Message: var message } when message.Id > _lastMessageId:
                _lastMessageId = message.Id;
                if (message.Role == "user")
                {
                    _failure = null;

                    // Before one that was edited ids are missing; one that comes out of the queue follows the message before it.
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

        // Fewer than were ahead: some were deleted, or this one was put before them.
        return _candidates.Count > 0
            ? _held[_candidates[Math.Min(_ahead, _candidates.Count - 1)]..]
            : throw new DurableChatException("queued_message_deleted", "The message was taken out of the queue before it had its turn.");
    }

    /// <summary>Behind a turn that failed the queue stands still until somebody sends something.</summary>
    private void ThrowIfStuck()
    {
        if (_knowsQueue && _failure is { Error: var error })
        {
            throw new DurableChatException(error.Code, $"The turn before failed, and the message was not sent: {error.Message}") { IsRetryable = error.Retryable };
        }
    }
}
