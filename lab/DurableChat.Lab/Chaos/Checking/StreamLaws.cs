using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// Every stream satisfies G1, over all of its connections: it is replayed onto a screen, message by message, and at the
/// end the screen shows what is stored. All streams of a chat agree on what each id is, also in histories that an edit
/// has since removed; and what a stream showed is stored, unless an edit removed it.
/// </summary>
internal static class StreamLaws
{
    public static void Check(RecordedChat chat, Evidence evidence, Findings findings)
    {
        var known = chat.Stored.ToDictionary(message => message.Id, message => message.JsonHash);
        foreach (var stream in chat.Streams)
        {
            new Screen(chat, stream, known, evidence, findings).Replay();
        }
    }

    private sealed class Screen(
        RecordedChat chat,
        RecordedStream stream,
        Dictionary<long, ulong> known,
        Evidence evidence,
        Findings findings)
    {
        private readonly List<WireMessage> _shown = [];
        private readonly List<byte> _preview = [];
        private long _epoch;
        private long _lastPart;
        private long _previewOf;
        private long _lastAnswered;

        private long LastId => _shown.Count == 0 ? 0 : _shown[^1].Id;

        public void Replay()
        {
            for (var at = 0; at < stream.Entries.Count; at++)
            {
                if (stream.Entries[at].Event is { } given)
                {
                    Show(given, at);
                }
                else
                {
                    CheckReturn(stream.Entries[at], at);
                }
            }

            if (stream.IsWhole)
            {
                Compare(stream.Entries.Count - 1);
            }
        }

        /// <summary>
        /// A client comes back with the position it was given last; that must be what is on its screen.
        /// </summary>
        private void CheckReturn(StreamEntry connection, int at)
        {
            if (WirePosition.Read(connection.Position) is { } position && position.Message != LastId)
            {
                findings.Add(
                    ViolationKind.Gap,
                    $"The position {connection.Position} was given for a screen whose last message is {LastId}.",
                    stream,
                    at);
            }
        }

        private void Show(WireEvent given, int at)
        {
            switch (given.Type)
            {
                case WireEventType.HistoryReset:
                    if (given.Epoch <= _epoch)
                    {
                        findings.Add(
                            ViolationKind.WrongEpoch,
                            $"History was reset to epoch {given.Epoch} while epoch {_epoch} was on screen.",
                            stream,
                            at);
                    }

                    _epoch = given.Epoch;
                    _shown.Clear();
                    Clear();
                    break;
                case WireEventType.PreviewReset:
                    Clear();
                    break;
                case WireEventType.Message:
                    ShowMessage(given, given.Message!, at);
                    break;
                case WireEventType.MessagePart:
                    ShowPart(given, at);
                    break;
            }
        }

        private void ShowMessage(WireEvent given, WireMessage message, int at)
        {
            if (_epoch != 0 && given.Position is { } position && position.Epoch != _epoch)
            {
                findings.Add(
                    ViolationKind.WrongEpoch,
                    $"A message of epoch {position.Epoch} on a screen of epoch {_epoch}.",
                    stream,
                    at);
            }

            _epoch = given.Position?.Epoch ?? _epoch;
            if (message.PreviousId != LastId || message.Id <= LastId)
            {
                var kind = _shown.Exists(shown => shown.Id == message.Id) ? ViolationKind.Duplicate
                    : message.PreviousId > LastId ? ViolationKind.Gap
                    : ViolationKind.OutOfOrder;
                findings.Add(
                    kind,
                    $"Message {message.Id} follows {message.PreviousId}, but the last on screen is {LastId}.",
                    stream,
                    at);
                if (kind != ViolationKind.Gap)
                {
                    return;
                }
            }

            if (!known.TryAdd(message.Id, message.JsonHash) && known[message.Id] != message.JsonHash)
            {
                findings.Add(
                    ViolationKind.Content, $"Message {message.Id} is another one here than elsewhere.", stream, at);
            }

            if (chat.Stored.All(stored => stored.Id != message.Id) && !evidence.MayHaveBeenCutOff(message.Id, null))
            {
                findings.Add(
                    ViolationKind.Lost,
                    $"Message {message.Id} was shown and is not stored, and no edit removed it.",
                    stream,
                    at);
            }

            if (message.Generation > 0)
            {
                var text = message.Text.Span;
                if (_preview.Count > 0 && (_previewOf != message.Generation
                    || _preview.Count > text.Length
                    || !text[.._preview.Count].SequenceEqual(_preview.ToArray())))
                {
                    findings.Add(
                        ViolationKind.Content,
                        $"The parts on screen, of generation {_previewOf}, are not how message {message.Id} of "
                            + $"generation {message.Generation} begins.",
                        stream,
                        at);
                }

                _lastAnswered = Math.Max(_lastAnswered, message.Generation);
                Clear();
            }

            _shown.Add(message);
        }

        private void ShowPart(WireEvent part, int at)
        {
            if (part.Generation <= _lastAnswered)
            {
                findings.Add(
                    ViolationKind.StalePart, $"A part of generation {part.Generation}, which is answered.", stream, at);
                return;
            }

            var expected = (_lastPart == 0 || _previewOf == part.Generation ? _lastPart : 0) + 1;
            if (part.FirstSeq != expected
                || part.Seq < part.FirstSeq
                || (_lastPart > 0 && _previewOf != part.Generation))
            {
                findings.Add(
                    part.FirstSeq < expected ? ViolationKind.PartDuplicate : ViolationKind.PartGap,
                    $"Parts {part.FirstSeq} to {part.Seq} of generation {part.Generation} after part {_lastPart} of "
                        + $"{_previewOf}.",
                    stream,
                    at);
            }

            (_previewOf, _lastPart) = (part.Generation, part.Seq);
            if (part.Text is { } text && !part.IsReasoning)
            {
                _preview.AddRange(text);
            }
        }

        private void Compare(int at)
        {
            var differs = _shown.Zip(chat.Stored)
                .FirstOrDefault(pair => pair.First.Id != pair.Second.Id || pair.First.JsonHash != pair.Second.JsonHash);
            if (differs.First is not null)
            {
                findings.Add(
                    ViolationKind.Content,
                    $"At the end message {differs.First.Id} is on screen where message {differs.Second.Id} is stored.",
                    stream,
                    at);
            }
            else if (_shown.Count != chat.Stored.Count)
            {
                findings.Add(
                    _shown.Count < chat.Stored.Count ? ViolationKind.Lost : ViolationKind.Unknown,
                    $"At the end {_shown.Count} messages are on screen and {chat.Stored.Count} are stored.",
                    stream,
                    at);
            }
        }

        private void Clear()
        {
            _preview.Clear();
            _lastPart = 0;
        }
    }
}
