using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The answer in flight: its parts, numbered 1, 2, 3, … The text is kept once, however many parts it came in, with the
/// place where each part ends. So a reader at any part gets exactly what it lacks: the newest parts as they were
/// published, or older ones joined into few frames. A late joiner is a reader at part 0. Not thread-safe: guarded by
/// the feed's lock.
/// </summary>
/// <remarks>
/// A worker that takes over continues the generation (<see cref="Continue"/>). What it has of the answer are the parts
/// up to its last checkpoint, and clients may have seen later ones. So its own parts begin at a number that no earlier
/// worker has used. The numbers between are void: a reader there has seen parts that no longer count, and starts again.
/// <code>
///   worker 1:  1 ── 2 ── 3 ── 4 ── 5          died; parts 1 to 3 were in the checkpoint
///                        │
///   worker 2:            └── 2³³+1 ── 2³³+2   a reader at 3 continues, a reader at 5 is reset
/// </code>
/// </remarks>
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
    private readonly PartNumbers _numbers = new();
    private WholePieces _pieces = new();
    private RepeatedAnswer? _repeated;

    /// <summary>The number of the generation.</summary>
    public long Generation => generation;

    /// <summary>The number of the newest part; 0 before the first.</summary>
    public long LastSeq => _numbers.Last;

    /// <summary>
    /// True once the answer that <see cref="Continue"/> began has turned out to be another one than the parts before.
    /// </summary>
    public bool HasDiverged { get; private set; }

    /// <summary>The approximate size in memory.</summary>
    public int Bytes { get; private set; }

    /// <summary>The length of the answer so far, in UTF-16 code units.</summary>
    public int Chars { get; private set; }

    /// <summary>
    /// Adds a part. False if nothing can be shown yet: the text is empty, it is half a character whose other half has
    /// not arrived, or it repeats what is there.
    /// </summary>
    public bool Append(MessagePart part, long publishedAt)
    {
        if (_pieces.Take(part) is not { } whole)
        {
            return false;
        }

        if (_repeated?.Take(whole) is { } repetition)
        {
            if (repetition.New is not { } rest)
            {
                return false;
            }

            EndRepetition(repetition.HasDiverged, publishedAt);
            whole = rest;
        }

        Add(whole, publishedAt);
        return true;
    }

    /// <summary>
    /// Another worker makes the answer again, from its beginning. As long as it repeats the parts that are here, they
    /// stay and it adds nothing. Its first new part gets the given number. If it says something else, the parts from
    /// there on are removed.
    /// </summary>
    /// <param name="firstSeq">A number above all that earlier workers have used.</param>
    public void Continue(long firstSeq)
    {
        _pieces = new WholePieces();
        _repeated = new RepeatedAnswer(ToParts());
        _numbers.Reserve(firstSeq);
    }

    /// <summary>The answer is complete. Removes parts of an earlier attempt that it did not repeat.</summary>
    public void Complete(long now)
    {
        if (_repeated is { IsWhole: false })
        {
            EndRepetition(hasDiverged: true, now);
        }
    }

    /// <summary>True if a reader can be at this part: it is one of those that are here, or 0.</summary>
    public bool Has(long seq) => _numbers.Floor(seq) == seq;

    /// <summary>The last part that is here and whose number is at most <paramref name="seq"/>; 0 for none.</summary>
    public long Floor(long seq) => _numbers.Floor(seq);

    /// <summary>
    /// Adds the new parts of a frame from another replica or from a checkpoint. False if earlier parts are missing.
    /// </summary>
    public bool TryTake(RelayFrame frame, long now)
    {
        if (frame.After is { } after && !Has(frame.FirstSeq))
        {
            if (frame.FirstSeq <= LastSeq)
            {
                // From a worker that was fenced off.
                return true;
            }

            if (!Has(after))
            {
                return false;
            }

            CutAfter(after);
            _numbers.Reserve(frame.FirstSeq);
        }
        else if (frame.FirstSeq > LastSeq + 1)
        {
            return false;
        }

        var seq = frame.FirstSeq;
        foreach (var part in frame.Split())
        {
            if (seq++ > LastSeq && _pieces.Take(part) is { } whole)
            {
                Add(whole, now);
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
        var after = Floor(seq);
        if (after >= LastSeq)
        {
            return null;
        }

        var first = _numbers.Next(after);
        var segment = _segments[FindSegment(first)];
        var last = segment.LastWithin(first, MaxFrameChars);
        return new RelayFrame(
            version,
            epoch,
            baseMessageId,
            generation,
            first,
            segment.LengthsOf(first, last),
            segment.Slice(first, last))
        {
            After = after == first - 1 ? null : after,
        };
    }

    /// <summary>The answer's parts so far. Neighbours of one kind are joined.</summary>
    public IReadOnlyList<MessagePart> ToParts()
    {
        var parts = new List<MessagePart>(_segments.Count);
        foreach (var part in _segments.Select(segment => segment.ToPart()))
        {
            if (parts is [.., var last] && last.GetType() == part.GetType() && MessagePart.TextOf(part) is { } text)
            {
                parts[^1] = MessagePart.WithText(last, MessagePart.TextOf(last) + text);
            }
            else
            {
                parts.Add(part);
            }
        }

        return parts;
    }

    private Position At(long seq) => new(epoch, baseMessageId, generation, seq);

    private void Add(MessagePart whole, long publishedAt)
    {
        var (before, isNewRun) = (LastSeq, _numbers.Take());
        if (isNewRun)
        {
            ForgetRecent();
        }

        if (isNewRun || _segments.Count == 0 || !_segments[^1].TryAppend(whole))
        {
            _segments.Add(new LiveSegment(whole, LastSeq));
        }

        // Numbers that were skipped belong to the part after them, so that a client sees no gap.
        var published = StreamEvents.Part(chat, At(LastSeq), before + 1, whole, publishedAt);
        _recent.AddLast(published);
        Bytes += published.Bytes + SizeOf(whole, parts: 1);
        Chars += MessagePart.CharsOf(whole);
        if (_recent.Count > RecentParts)
        {
            Bytes -= _recent.RemoveFirst().Bytes;
        }

        // Joined frames end at the part that was newest when they were made, and readers have moved on.
        _frames.Clear();
    }

    /// <summary>
    /// Keeps the parts that the new attempt has repeated. What it has repeated of a part that is only half the same
    /// becomes a part of its own.
    /// </summary>
    private void EndRepetition(bool hasDiverged, long now)
    {
        var repeated = _repeated!;
        _repeated = null;
        if (!hasDiverged)
        {
            return;
        }

        HasDiverged = true;
        var (after, rest) = repeated.FindCut(_segments);
        CutAfter(after);
        if (rest is not null)
        {
            Add(rest, now);
        }
    }

    /// <summary>Removes the parts after one that is here.</summary>
    private void CutAfter(long seq)
    {
        if (seq == LastSeq)
        {
            return;
        }

        ForgetRecent();
        _frames.Clear();
        while (_segments is [.., var last] && last.LastSeq > seq)
        {
            _segments.RemoveAt(_segments.Count - 1);
            var (kept, parts) = (last.CutAfter(seq), last.Count);
            (Bytes, Chars) = (Bytes - SizeOf(last.ToPart(), parts), Chars - MessagePart.CharsOf(last.ToPart()));
            if (kept is not null)
            {
                _segments.Add(kept);
                Bytes += SizeOf(kept.ToPart(), kept.Count);
                Chars += MessagePart.CharsOf(kept.ToPart());
            }
        }

        _numbers.CutAfter(seq);
    }

    private static int SizeOf(MessagePart part, int parts) =>
        (MessagePart.CharsOf(part) * sizeof(char)) + (parts * sizeof(int));

    private void ForgetRecent()
    {
        while (_recent.Count > 0)
        {
            Bytes -= _recent.RemoveFirst().Bytes;
        }
    }

    private long ReadJoined(long seq, List<StreamEvent> events)
    {
        var first = _numbers.Next(seq);
        var segment = _segments[FindSegment(first)];
        var last = segment.LastWithin(first, MaxFrameChars);
        if (!_frames.TryGetValue((seq + 1, last), out var frame))
        {
            frame = StreamEvents.Part(chat, At(last), seq + 1, segment.Slice(first, last), publishedAt: 0);
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
}
