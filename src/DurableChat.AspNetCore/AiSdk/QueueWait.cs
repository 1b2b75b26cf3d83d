using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Finds the turn of a queued message. A feed tells of a user message before it tells how the queue is after it, and not which queued message it was. So what may be the turn is held back until the
/// queue comes: as long as the message is in there, what was held is of others. Not thread-safe.
/// </summary>
/// <param name="queued">The message.</param>
/// <param name="after">The last message of the history when it was queued: after a rewrite the whole history comes, but ids only rise.</param>
internal sealed class QueueWait(QueuedTurn queued, long after)
{
    private readonly List<StreamEvent> _held = [];
    private IReadOnlyList<long> _ahead = queued.Ahead;

    /// <summary>Takes an event in, which may be of the turn.</summary>
    public void Add(StreamEvent streamEvent)
    {
        if (_held.Count > 0 || IsCandidate(streamEvent))
        {
            _held.Add(streamEvent);
        }
    }

    /// <summary>Forgets what came, since the whole history comes again.</summary>
    public void Restart() => _held.Clear();

    /// <summary>The events of the turn from its user message on; none if the message was taken out of the queue, null if it still waits.</summary>
    public IReadOnlyList<StreamEvent>? Find(IReadOnlyList<QueuedMessage> queue)
    {
        if (queue.Any(waiting => waiting.Id == queued.QueuedId))
        {
            _ahead = queued.FindAhead(queue);
            _held.Clear();
            return null;
        }

        var candidates = Enumerable.Range(0, _held.Count).Where(index => IsCandidate(_held[index])).ToList();
        var begunBefore = _ahead.Count(id => queue.All(waiting => waiting.Id != id));
        return candidates.Count == 0 ? [] : _held[candidates[Math.Min(begunBefore, candidates.Count - 1)]..];
    }

    private bool IsCandidate(StreamEvent streamEvent) =>
        streamEvent is MessageEvent message && message.ToMessage() is { Role: MessageRole.User, Parts: [TextPart { Text: var text }] } user && user.Id > after && text == queued.Content;
}
