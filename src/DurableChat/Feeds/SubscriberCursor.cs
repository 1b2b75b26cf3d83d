using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// All that is kept for one subscriber: what it has got so far. It pulls from the feed with it, so however slow it is,
/// nothing piles up.
/// Used by one subscriber at a time; not thread-safe.
/// </summary>
internal sealed class SubscriberCursor(Position position)
{
    /// <summary>
    /// The epoch, last message, and last part on the subscriber's screen. An epoch of 0 means that the client named
    /// only a message.
    /// </summary>
    public Position Position { get; set; } = position;

    /// <summary>
    /// Where the subscriber was when it last looked. The feed's lock guards it, so that others may read it while the
    /// subscriber moves on.
    /// </summary>
    public Position PositionAtLook { get; set; } = position;

    /// <summary>True until the subscriber has been brought to the head for the first time.</summary>
    public bool Initial { get; set; } = true;

    /// <summary>The version whose status event was delivered; 0 for none.</summary>
    public long SeenStatus { get; set; }

    /// <summary>The version whose other state events were delivered; 0 for none.</summary>
    public long SeenState { get; set; }

    /// <summary>The newest progress of tools that was delivered; 0 for none.</summary>
    public long SeenProgress { get; set; }

    /// <summary>The doubt that the feed raised because the position was ahead of it; 0 for none.</summary>
    public int Doubt { get; set; }

    /// <summary>True while the state is loaded for this subscriber. The feed's lock guards it.</summary>
    public bool HoldsState { get; set; }

    /// <summary>
    /// True once the feed has found that the history the subscriber was shown is not the one that is stored. The feed's
    /// lock guards it.
    /// </summary>
    public bool IsVoid { get; set; }

    /// <summary>
    /// Delivers a message if it is the next one. A message that ends the generation on screen takes its parts' place;
    /// before any other, parts on screen are of
    /// an answer that never came to be, and go.
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

        Position = Position with { MessageId = message.MessageId, Generation = Math.Max(Position.Generation, message.Generation), Seq = 0 };
        events.Add(message);
        return true;
    }

    /// <summary>Goes back to the beginning of a history, with nothing on screen.</summary>
    public void Restart(long epoch) => Position = new Position(epoch, 0, 0, 0);
}
