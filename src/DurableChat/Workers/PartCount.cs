using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>
/// Counts the parts of an answer. Tens of thousands of calls, or of one-character texts that alternate with reasoning,
/// are few characters but use much memory. Pieces of one text count as one part. Not thread-safe.
/// </summary>
internal sealed class PartCount(int most)
{
    private Type? _kind;
    private int _count;

    /// <summary>Counts a part or a piece of one. False if there are too many.</summary>
    public bool TryAdd(MessagePart part)
    {
        var isPiece = MessagePart.TextOf(part) is not null && part.GetType() == _kind;
        _kind = part.GetType();
        return isPiece || ++_count <= most;
    }
}
