using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Finds the turn of a queued message. A feed sends a user message before the queue that results, and does not say
/// which queued message it was. So events that may belong to the turn are held until the queue arrives. As long as the
/// message is still in the queue, the held events belong to other messages. Not thread-safe.
/// </summary>
/// <param name="queued">The queued message.</param>
/// <param name="after">
/// The last message of the history when it was queued. After a rewrite the whole history is sent again, but ids only
/// rise.
/// </param>
internal sealed class QueueWait(QueuedTurn queued, long after)
{
    private readonly List<StreamEvent> _held = [];
    private IReadOnlyList<long> _ahead = queued.Ahead;

    /// <summary>Adds an event that may belong to the turn.</summary>
    public void Add(StreamEvent streamEvent)
    {
        if (_held.Count > 0 || IsCandidate(streamEvent))
        {
            _held.Add(streamEvent);
        }
    }

    /// <summary>Drops the held events, because the whole history is sent again.</summary>
    public void Restart() => _held.Clear();

    /// <summary>
    /// The events of the turn from its user message on. Empty if the message was removed from the queue, null if it
    /// still waits.
    /// </summary>
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
