using System.Text;
using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// A run of parts of one kind within an answer in flight: text, reasoning, or a single part of another kind. Not
/// thread-safe.
/// </summary>
internal sealed class LiveSegment
{
    private readonly MessagePart _first;
    private readonly StringBuilder? _text;
    private readonly List<int> _ends = [];

    public LiveSegment(MessagePart first, long firstSeq)
    {
        _first = first;
        FirstSeq = firstSeq;
        if (MessagePart.TextOf(first) is { } text)
        {
            _text = new StringBuilder(text);
        }

        _ends.Add(_text?.Length ?? 0);
    }

    public long FirstSeq { get; }

    public long LastSeq => FirstSeq + _ends.Count - 1;

    /// <summary>The number of parts.</summary>
    public int Count => _ends.Count;

    /// <summary>True if a part can be joined to this segment.</summary>
    public bool Accepts(MessagePart part) => _text is not null && part.GetType() == _first.GetType();

    public bool TryAppend(MessagePart part)
    {
        if (!Accepts(part))
        {
            return false;
        }

        _text!.Append(MessagePart.TextOf(part));
        _ends.Add(_text.Length);
        return true;
    }

    /// <summary>
    /// The last part for which the parts from <paramref name="seq"/> up to it have at most <paramref name="maxChars"/>
    /// characters. At least <paramref name="seq"/> itself.
    /// </summary>
    public long LastWithin(long seq, int maxChars)
    {
        var start = StartOf(seq);
        var index = _ends.BinarySearch(start + maxChars);
        var last = FirstSeq + (index >= 0 ? index : ~index - 1);
        return Math.Clamp(last, seq, LastSeq);
    }

    /// <summary>Parts <paramref name="first"/> to <paramref name="last"/>, joined.</summary>
    public MessagePart Slice(long first, long last)
    {
        if (_text is null)
        {
            return _first;
        }

        var start = StartOf(first);
        return WithText(_text.ToString(start, _ends[(int)(last - FirstSeq)] - start));
    }

    /// <summary>The length of each part from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public int[] LengthsOf(long first, long last)
    {
        var lengths = new int[last - first + 1];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = _ends[(int)(first - FirstSeq) + i] - StartOf(first + i);
        }

        return lengths;
    }

    /// <summary>
    /// The last part that ends within the first <paramref name="chars"/> characters, and where it ends. Null if there
    /// is none.
    /// </summary>
    public (long Seq, int End)? LastEndingWithin(int chars)
    {
        var index = _ends.FindLastIndex(end => end <= chars);
        return index < 0 ? null : (FirstSeq + index, _ends[index]);
    }

    /// <summary>The parts up to <paramref name="seq"/>. Null if there are none.</summary>
    public LiveSegment? CutAfter(long seq)
    {
        if (seq < FirstSeq)
        {
            return null;
        }

        var kept = new LiveSegment(Slice(FirstSeq, FirstSeq), FirstSeq);
        for (var next = FirstSeq + 1; next <= seq; next++)
        {
            kept.TryAppend(Slice(next, next));
        }

        return kept;
    }

    public MessagePart ToPart() => _text is null ? _first : WithText(_text.ToString());

    private int StartOf(long seq) => seq == FirstSeq ? 0 : _ends[(int)(seq - FirstSeq) - 1];

    private MessagePart WithText(string text) => MessagePart.WithText(_first, text);
}
