using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Checking;

/// <summary>
/// Checks one subscriber's stream while it runs, across all of its connections, by what the wire's documentation
/// promises. It knows nothing of the server and shares no code with it. After a violation it goes on from what it was
/// given, so that one fault is told once. For one subscriber; not thread-safe.
/// </summary>
/// <param name="chat">The chat.</param>
/// <param name="name">The subscriber's name in reports.</param>
/// <param name="after">The message after which it began; 0 for the beginning.</param>
/// <param name="log">Where violations go.</param>
internal sealed class StreamChecker(string chat, string name, long after, ViolationLog log)
{
    private const int MaxRecent = 12;
    private readonly Queue<WireEvent> _recent = new();
    private readonly List<SeenMessage> _seen = [];
    private readonly Preview _preview = new();
    private long _epoch;
    private long _last = after;
    private long _endedGeneration;
    private long _deadGeneration;
    private long _statusVersion;

    /// <summary>The message after which its history begins.</summary>
    public long After { get; private set; } = after;

    /// <summary>The messages of the present history that it was given.</summary>
    public IReadOnlyList<SeenMessage> Seen => _seen;

    /// <summary>The epoch of that history; 0 while it has been told none.</summary>
    public long Epoch => _epoch;

    /// <summary>The last position, to resume from; null at the beginning.</summary>
    public string? Position { get; private set; }

    /// <summary>The last message's id.</summary>
    public long LastId => _last;

    /// <summary>A new connection: it begins with the present status, whatever was shown before.</summary>
    public void Connected() => _statusVersion = 0;

    /// <summary>Checks the next event.</summary>
    public void Check(WireEvent next)
    {
        Remember(next);
        if (next.Malformed is { } wrong)
        {
            Report(ViolationKind.Malformed, wrong);
            return;
        }

        if (next.PositionText is not null && next.Position is null)
        {
            Report(ViolationKind.Malformed, $"'{next.PositionText}' is no position.");
        }

        switch (next.Type)
        {
            case WireEventType.Message:
                CheckEpoch(next);
                CheckMessage(next.Message!, next.Position);
                break;
            case WireEventType.MessagePart:
                CheckEpoch(next);
                CheckPart(next);
                break;
            case WireEventType.HistoryReset:
                CheckReset(next);
                break;
            case WireEventType.PreviewReset:
                CheckEpoch(next);
                CheckResumePoint(next, _last, 0);
                _preview.Clear();
                break;
            case WireEventType.Status:
                if (next.Version <= _statusVersion)
                {
                    Report(
                        ViolationKind.StaleStatus, $"Status of version {next.Version} after that of {_statusVersion}.");
                }

                _statusVersion = Math.Max(_statusVersion, next.Version);
                CheckResumePoint(next, _last, _preview.Seq);
                break;
            default:
                CheckResumePoint(next, _last, _preview.Seq);
                break;
        }

        Position = next.PositionText ?? Position;
    }

    private void CheckEpoch(WireEvent next)
    {
        if (next.Position is not { } position)
        {
            Report(ViolationKind.Malformed, "The event has no position.");
            return;
        }

        if (_epoch != 0 && position.Epoch != _epoch)
        {
            Report(
                ViolationKind.WrongEpoch, $"Epoch {position.Epoch} while the history on screen is of epoch {_epoch}.");
        }

        _epoch = position.Epoch;
    }

    /// <summary>
    /// Any event may carry a position, and a client comes back with it, so it must say what the client has.
    /// </summary>
    private void CheckResumePoint(WireEvent next, long message, long seq)
    {
        if (next.Position is { } position
            && (position.Message != message || position.Seq != seq || (_epoch != 0 && position.Epoch != _epoch)))
        {
            Report(
                position.Message > message ? ViolationKind.Gap : ViolationKind.Malformed,
                $"The event is at position {position}, but the client has message {message} and {seq} parts, of "
                    + $"epoch {_epoch}.");
        }
    }

    private void CheckMessage(WireMessage message, WirePosition? position)
    {
        if (message.Id <= _last)
        {
            var isRepeat = _seen.Exists(seen => seen.Id == message.Id) || (message.Id == _last && After == _last);
            Report(
                isRepeat ? ViolationKind.Duplicate : ViolationKind.OutOfOrder,
                $"Message {message.Id} after message {_last}.");
            return;
        }

        if (message.PreviousId != _last)
        {
            Report(
                message.PreviousId > _last ? ViolationKind.Gap : ViolationKind.OutOfOrder,
                $"Message {message.Id} follows message {message.PreviousId}, but the last one given was {_last}.");
        }

        if (position is { } told && (told.Message != message.Id || told.Seq != 0))
        {
            Report(ViolationKind.Malformed, $"Message {message.Id} is at position {told}.");
        }

        if (message.Generation > 0)
        {
            EndGeneration(message);
        }

        _last = message.Id;
        _seen.Add(new SeenMessage(message.Id, message.Digest()));
    }

    private void EndGeneration(WireMessage message)
    {
        if (message.Generation <= _endedGeneration)
        {
            Report(
                ViolationKind.OutOfOrder,
                $"Message {message.Id} ends generation {message.Generation} after "
                    + $"generation {_endedGeneration} has ended.");
        }

        if (_preview.Seq > 0 && _preview.Generation != message.Generation)
        {
            Report(
                ViolationKind.StalePart,
                $"Parts of generation {_preview.Generation} are on screen when message {message.Id} ends "
                    + $"generation {message.Generation}.");
        }
        else if (_preview.Seq > 0 && !_preview.IsBeginningOf(message))
        {
            Report(
                ViolationKind.Content,
                $"Message {message.Id} does not begin with the {_preview.Seq} parts that were shown of it.");
        }

        _endedGeneration = message.Generation;
        _deadGeneration = Math.Max(_deadGeneration, message.Generation);
        _preview.Clear();
    }

    private void CheckPart(WireEvent part)
    {
        if (part.Generation <= _deadGeneration)
        {
            Report(
                ViolationKind.StalePart, $"A part of generation {part.Generation}, which is over, or was edited away.");
            return;
        }

        if (part.Position is { } position
            && (position.Message != _last || position.Generation != part.Generation || position.Seq != part.Seq))
        {
            // A client that comes back with this position would miss, or be given again, what lies between.
            Report(
                position.Message > _last ? ViolationKind.Gap : ViolationKind.Malformed,
                $"Part {part.Generation}.{part.Seq} is at {position}, and the last message given was {_last}.");
        }

        if (_preview.Seq > 0 && part.Generation != _preview.Generation)
        {
            Report(
                ViolationKind.StalePart,
                $"A part of generation {part.Generation} beside parts of generation {_preview.Generation}.");
            _preview.Clear();
        }

        if (part.FirstSeq > _preview.Seq + 1)
        {
            Report(ViolationKind.PartGap, $"Part {part.FirstSeq} after part {_preview.Seq}.");
        }
        else if (part.FirstSeq <= _preview.Seq)
        {
            Report(ViolationKind.PartDuplicate, $"Part {part.FirstSeq} after part {_preview.Seq}.");
            return;
        }

        if (part.Seq < part.FirstSeq)
        {
            Report(ViolationKind.Malformed, $"A part from {part.FirstSeq} to {part.Seq}.");
        }

        _preview.Add(part);
    }

    private void CheckReset(WireEvent reset)
    {
        if (reset.Epoch <= _epoch)
        {
            Report(
                ViolationKind.WrongEpoch, $"The history is reset to epoch {reset.Epoch}, and was of epoch {_epoch}.");
        }

        // The history comes again from its first answer on; the parts on screen belong to an answer that will not come.
        _deadGeneration = Math.Max(_deadGeneration, Math.Max(_endedGeneration, _preview.Generation));
        _endedGeneration = 0;
        _epoch = reset.Epoch;
        _last = 0;
        After = 0;
        _seen.Clear();
        _preview.Clear();
        CheckResumePoint(reset, 0, 0);
    }

    private void Remember(WireEvent next)
    {
        _recent.Enqueue(next);
        if (_recent.Count > MaxRecent)
        {
            _recent.Dequeue();
        }
    }

    private void Report(ViolationKind kind, string detail) =>
        log.Add(new Violation(
            kind, chat, name, Position ?? "the beginning", detail, [.. _recent.Select(shown => shown.ToString())]));
}
