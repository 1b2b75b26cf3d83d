using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// Compares an answer that is made again with the parts that are there of it. They may have come in other pieces, so
/// texts are compared character by character. Pure. Not thread-safe.
/// </summary>
/// <param name="parts">The parts that are there. Neighbours of one kind are joined.</param>
internal sealed class RepeatedAnswer(IReadOnlyList<MessagePart> parts)
{
    // How much has been repeated: whole parts, and characters of the next one.
    private int _parts;
    private int _chars;

    /// <summary>True once all parts have been repeated.</summary>
    public bool IsWhole => _parts == parts.Count || (_parts == parts.Count - 1 && IsPartWhole);

    /// <summary>True if the next part is text, and all of it has been repeated.</summary>
    private bool IsPartWhole => _chars > 0 && _chars == LengthOf(parts[_parts]);

    /// <summary>Compares the next part of the answer.</summary>
    /// <returns>
    /// What is new in it, or null if all of it was there. And whether it differs from what was there.
    /// </returns>
    public (MessagePart? New, bool HasDiverged) Take(MessagePart part)
    {
        if (_parts < parts.Count && IsPartWhole && part.GetType() != parts[_parts].GetType())
        {
            (_parts, _chars) = (_parts + 1, 0);
        }

        if (_parts == parts.Count)
        {
            return (part, false);
        }

        var expected = parts[_parts];
        if (MessagePart.TextOf(part) is not { } text || MessagePart.TextOf(expected) is not { } whole)
        {
            var isSame = _chars == 0 && AreSame(part, expected);
            _parts += isSame ? 1 : 0;
            return (isSame ? null : part, !isSame);
        }

        if (part.GetType() != expected.GetType())
        {
            return (part, true);
        }

        var same = text.AsSpan().CommonPrefixLength(whole.AsSpan(_chars));
        if (same > 0 && same < text.Length && char.IsHighSurrogate(text[same - 1]))
        {
            // The halves of a character stay together.
            same--;
        }

        _chars += same;
        return same == text.Length ? (null, false)
            : (MessagePart.WithText(part, text[same..]), !IsWhole);
    }

    /// <summary>
    /// Where the repetition ends: the last part that it has repeated, and what it has repeated of the one after it.
    /// </summary>
    /// <param name="segments">The parts with their numbers.</param>
    public (long After, MessagePart? Added) FindCut(IReadOnlyList<LiveSegment> segments)
    {
        var (after, part, chars) = (0L, -1, 0);
        MessagePart? before = null;
        foreach (var segment in segments)
        {
            var isJoined = before is not null && segment.Accepts(before);
            (part, chars, before) = isJoined ? (part, chars, before) : (part + 1, 0, segment.ToPart());
            if (part > _parts || (part == _parts && _chars == 0))
            {
                return (after, null);
            }

            var length = LengthOf(segment.ToPart());
            if (part < _parts || chars + length <= _chars)
            {
                (after, chars) = (segment.LastSeq, chars + length);
                continue;
            }

            var fitting = segment.LastEndingWithin(_chars - chars);
            (after, chars) = (fitting?.Seq ?? after, chars + (fitting?.End ?? 0));
            break;
        }

        return (after, part == _parts && chars < _chars
            ? MessagePart.WithText(parts[_parts], MessagePart.TextOf(parts[_parts])![chars.._chars])
            : null);
    }

    private static int LengthOf(MessagePart part) => MessagePart.TextOf(part)?.Length ?? 0;

    /// <summary>
    /// A provider that gives calls no ids gets new ones each time. The calls are the same nevertheless.
    /// </summary>
    private static bool AreSame(MessagePart one, MessagePart other) => (one, other) switch
    {
        (ToolCallPart call, ToolCallPart shown) => call.Name == shown.Name && call.Arguments == shown.Arguments,
        _ => one == other,
    };
}
