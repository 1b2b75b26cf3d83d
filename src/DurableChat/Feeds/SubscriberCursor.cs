using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// All data kept for one subscriber: what it has received so far. The subscriber pulls from the feed, so nothing
/// accumulates, however slow it is. Used by one subscriber at a time. Not thread-safe.
/// </summary>
internal sealed class SubscriberCursor(Position position)
{
    /// <summary>
    /// The epoch, the last message, and the last displayed part. An epoch of 0 means that the client named only a
    /// message.
    /// </summary>
    public Position Position { get; set; } = position;

    /// <summary>
    /// The position at the subscriber's last look. Guarded by the feed's lock, so that others may read it while the
    /// subscriber moves on.
    /// </summary>
    public Position PositionAtLook { get; set; } = position;

    /// <summary>True until the subscriber has reached the head for the first time.</summary>
    public bool Initial { get; set; } = true;

    /// <summary>The version whose status event was delivered. 0 for none.</summary>
    public long SeenStatus { get; set; }

    /// <summary>The version whose other state events were delivered. 0 for none.</summary>
    public long SeenState { get; set; }

    /// <summary>The newest tool progress that was delivered. 0 for none.</summary>
    public long SeenProgress { get; set; }

    /// <summary>The doubt that the feed raised because the position was ahead of it. 0 for none.</summary>
    public int Doubt { get; set; }

    /// <summary>True while the state is loaded for this subscriber. Guarded by the feed's lock.</summary>
    public bool HoldsState { get; set; }

    /// <summary>
    /// True once the feed has found that the history shown to the subscriber is not the stored one. Guarded by the
    /// feed's lock.
    /// </summary>
    public bool IsVoid { get; set; }

    /// <summary>
    /// Delivers a message if it is the next one. A message that ends the displayed generation replaces its parts.
    /// Before any other message, displayed parts are removed, because their answer was never committed.
    /// </summary>
    public bool TryDeliver(MessageEvent message, ChatId chat, List<StreamEvent> events)
    {
        if (message.PreviousId != Position.MessageId)
        {
            return false;
        }

        if (Position.Seq > 0 && message.Generation != Position.Generation)
        {
            Position = Position with { Seq = 0 };
            events.Add(StreamEvents.PreviewReset(chat, Position));
        }

        Position = Position with
        {
            MessageId = message.MessageId,
            Generation = Math.Max(Position.Generation, message.Generation),
            Seq = 0,
        };
        events.Add(message);
        return true;
    }

    /// <summary>Returns to the beginning of a history, with no displayed parts.</summary>
    public void Restart(long epoch) => Position = new Position(epoch, 0, 0, 0);
}
