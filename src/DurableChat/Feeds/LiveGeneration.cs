using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The answer in flight: its parts, numbered 1, 2, 3, … The text is kept once, however many parts it came in, with the
/// place where each part ends. So a reader at any part gets exactly what it lacks: the newest parts as they were
/// published, or older ones joined into few frames. A late joiner is a reader at part 0. Not thread-safe: guarded by
/// the feed's lock.
/// </summary>
internal sealed class LiveGeneration(ChatId chat, long epoch, long baseMessageId, long generation)
{
    /// <summary>
    /// How many of the newest parts are kept as they were published. A reader that keeps up never needs older ones.
    /// </summary>
    private const int RecentParts = 64;

    /// <summary>
    /// The maximum text of a joined frame, in UTF-16 code units. Frames of several megabytes break proxies.
    /// </summary>
    private const int MaxFrameChars = 16 * 1024;

    private const int MaxCachedFrames = 32;

    private readonly List<LiveSegment> _segments = [];
    private readonly RingBuffer<StreamEvent> _recent = new();
    private readonly Dictionary<(long First, long Last), StreamEvent> _frames = [];
    private string _carry = string.Empty;

    /// <summary>The number of the generation.</summary>
    public long Generation => generation;

    /// <summary>The number of the newest part; 0 before the first.</summary>
    public long LastSeq { get; private set; }

    /// <summary>The approximate size in memory.</summary>
    public int Bytes { get; private set; }

    /// <summary>The length of the answer so far, in UTF-16 code units.</summary>
    public int Chars { get; private set; }

    /// <summary>
    /// Adds a part. False if nothing can be shown yet: the text is empty, or it is half a character whose other half
    /// has not arrived.
    /// </summary>
    public bool Append(MessagePart part, long publishedAt)
    {
        if (MakeWhole(part) is not { } whole)
        {
            return false;
        }

        LastSeq++;
        if (_segments.Count == 0 || !_segments[^1].TryAppend(whole))
        {
            _segments.Add(new LiveSegment(whole, LastSeq));
        }

        var published = StreamEvents.Part(chat, At(LastSeq), LastSeq, whole, publishedAt);
        _recent.AddLast(published);
        Bytes += published.Bytes + (MessagePart.CharsOf(whole) * sizeof(char)) + sizeof(int);
        Chars += MessagePart.CharsOf(whole);
        if (_recent.Count > RecentParts)
        {
            Bytes -= _recent.RemoveFirst().Bytes;
        }

        // Joined frames end at the part that was newest when they were made, and readers have moved on.
        _frames.Clear();
        return true;
    }

    /// <summary>Adds the new parts of a relayed frame. False if earlier parts are missing.</summary>
    public bool TryTake(RelayFrame frame, long now)
    {
        if (frame.FirstSeq > LastSeq + 1)
        {
            return false;
        }

        var seq = frame.FirstSeq;
        foreach (var part in frame.Split())
        {
            if (seq++ > LastSeq)
            {
                Append(part, now);
            }
        }

        return true;
    }

    /// <summary>
    /// Adds the events for parts after <paramref name="seq"/>, at most <paramref name="maxEvents"/>, and returns the
    /// number of the last part they cover.
    /// </summary>
    public long ReadAfter(long seq, List<StreamEvent> events, int maxEvents)
    {
        var firstRecent = LastSeq - _recent.Count;
        while (seq < LastSeq && maxEvents-- > 0)
        {
            if (seq >= firstRecent)
            {
                events.Add(_recent[(int)(seq - firstRecent)]);
                seq++;
            }
            else
            {
                seq = ReadJoined(seq, events);
            }
        }

        return seq;
    }

    /// <summary>
    /// The parts after <paramref name="seq"/> for another replica, as many as one frame carries. Null if there are
    /// none.
    /// </summary>
    public RelayFrame? ReadForRelay(long seq, long version)
    {
        if (seq >= LastSeq)
        {
            return null;
        }

        var segment = _segments[FindSegment(seq + 1)];
        var last = segment.LastWithin(seq + 1, MaxFrameChars);
        return new RelayFrame(
            version,
            epoch,
            baseMessageId,
            generation,
            seq + 1,
            segment.LengthsOf(seq + 1, last),
            segment.Slice(seq + 1, last));
    }

    /// <summary>The answer's parts so far. Neighbours of one kind are joined.</summary>
    public IReadOnlyList<MessagePart> ToParts() => [.. _segments.Select(segment => segment.ToPart())];

    private Position At(long seq) => new(epoch, baseMessageId, generation, seq);

    private long ReadJoined(long seq, List<StreamEvent> events)
    {
        var segment = _segments[FindSegment(seq + 1)];
        var last = segment.LastWithin(seq + 1, MaxFrameChars);
        if (!_frames.TryGetValue((seq + 1, last), out var frame))
        {
            frame = StreamEvents.Part(chat, At(last), seq + 1, segment.Slice(seq + 1, last), publishedAt: 0);
            if (_frames.Count < MaxCachedFrames)
            {
                _frames.Add((seq + 1, last), frame);
            }
        }

        events.Add(frame);
        return last;
    }

    private int FindSegment(long seq)
    {
        int low = 0, high = _segments.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (_segments[middle].FirstSeq <= seq)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <summary>
    /// Half a surrogate pair is not valid UTF-8. It waits for its other half, or is dropped when the kind of part
    /// changes.
    /// </summary>
    private MessagePart? MakeWhole(MessagePart part)
    {
        if (MessagePart.TextOf(part) is null)
        {
            _carry = string.Empty;
            return part;
        }

        var sameKind = _segments.Count == 0 || _segments[^1].Accepts(part);
        var text = (sameKind ? _carry : string.Empty) + MessagePart.TextOf(part);
        _carry = string.Empty;
        if (text.Length > 0 && char.IsHighSurrogate(text[^1]))
        {
            _carry = text[^1..];
            text = text[..^1];
        }

        return text.Length == 0 ? null : MessagePart.WithText(part, text);
    }
}
