using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// Makes pieces of text whole. Half a surrogate pair is not valid UTF-8. It waits for its other half, or is dropped
/// when the kind of part changes. Not thread-safe.
/// </summary>
internal sealed class WholePieces
{
    private Type? _kind;
    private string _carry = string.Empty;

    /// <summary>The part as it can be shown. Null if there is nothing to show yet.</summary>
    public MessagePart? Take(MessagePart part)
    {
        var carry = _kind == part.GetType() ? _carry : string.Empty;
        (_kind, _carry) = (part.GetType(), string.Empty);
        if (MessagePart.TextOf(part) is not { } piece)
        {
            return part;
        }

        var text = carry + piece;
        if (text.Length > 0 && char.IsHighSurrogate(text[^1]))
        {
            _carry = text[^1..];
            text = text[..^1];
        }

        return text.Length == 0 ? null : MessagePart.WithText(part, text);
    }
}
