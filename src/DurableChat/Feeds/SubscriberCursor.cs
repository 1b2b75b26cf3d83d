using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// All that is kept for one subscriber: what it has got so far. It pulls from the feed with it, so however slow it is, nothing piles up.
/// Used by one subscriber at a time; not thread-safe.
/// </summary>
internal sealed class SubscriberCursor(Position position)
{
    /// <summary>The epoch, last message, and last part on the subscriber's screen. An epoch of 0 means that the client named only a message.</summary>
    public Position Position { get; set; } = position;

    /// <summary>True until the subscriber has been brought to the head for the first time.</summary>
    public bool Initial { get; set; } = true;

    /// <summary>True after a rewrite until the head is reached: the window is bypassed.</summary>
    public bool Refreshing { get; set; }

    /// <summary>The version whose status event was delivered; 0 for none.</summary>
    public long SeenStatus { get; set; }

    /// <summary>The version whose other state events were delivered; 0 for none.</summary>
    public long SeenState { get; set; }

    /// <summary>Moves past a message, if it is the next one. A message that ends the generation on screen takes its parts' place.</summary>
    public bool TryAdvance(MessageEvent message)
    {
        if (message.PreviousId != Position.MessageId)
        {
            return false;
        }

        Position = message.Generation == 0
            ? Position with { MessageId = message.MessageId }
            : Position with
            {
                MessageId = message.MessageId,
                Generation = message.Generation >= Position.Generation ? message.Generation : Position.Generation,
                Seq = message.Generation >= Position.Generation ? 0 : Position.Seq,
            };
        return true;
    }

    /// <summary>Goes back to the beginning of a history, with nothing on screen.</summary>
    public void Restart(long epoch)
    {
        Position = new Position(epoch, 0, 0, 0);
        Refreshing = true;
    }
}
