using System.Globalization;

namespace DurableChat.Client.Streams;

/// <summary>
/// Passes each message and each part of a chat once, in order, and detects when one is missing. It trusts no
/// connection: a server that goes back a little, or a proxy that repeats data, has no effect. For one stream. Not
/// thread-safe.
/// </summary>
internal sealed class ChatStreamGuard : IStreamGuard
{
    private readonly Dictionary<Type, long> _versions = [];

    /// <summary>
    /// States from this connection that are older than those passed on. They count if the history turns out to be
    /// different, as after a restore from a backup.
    /// </summary>
    private readonly Dictionary<Type, StateEvent> _older = [];
    private readonly long? _after;

    /// <summary>
    /// True if the history turned out to be different on this connection. Its states may then have any version.
    /// </summary>
    private bool _isReset;

    /// <summary>False until the last message is known: the form of a position is private to the server.</summary>
    private bool _knowsMessage;
    private bool _knowsSeq;
    private long _message;
    private long _generation;
    private long _seq;
    private long _doneGeneration;

    /// <summary>Starts after a position. Null for the beginning.</summary>
    public ChatStreamGuard(string? position)
    {
        Position = position;
        _knowsMessage = _knowsSeq = position is null;
    }

    /// <summary>Starts after a message.</summary>
    public ChatStreamGuard(long messageId)
    {
        _after = messageId;
        _message = messageId;
        _knowsMessage = _knowsSeq = true;
    }

    public string? Position { get; private set; }

    public string Query => Position is null && _after is { } after
        ? string.Create(CultureInfo.InvariantCulture, $"?after_id={after}")
        : string.Empty;

    public void BeginConnection()
    {
        _older.Clear();
        _isReset = false;
    }

    public bool TryTake(ChatEvent next, List<ChatEvent> passed)
    {
        passed.Clear();
        var takes = next switch
        {
            MessageEvent { Message: { } message } => Take(message),
            MessagePartEvent part => Take(part),
            PreviewResetEvent reset => Take(reset),
            HistoryResetEvent => Reset(),
            StateEvent state => Take(state),
            _ => Verdict.Pass,
        };
        if (takes == Verdict.Pass)
        {
            passed.Add(next);
            Position = next.Position ?? Position;
            if (next is HistoryResetEvent)
            {
                foreach (var state in _older.Values)
                {
                    _versions[state.GetType()] = state.Version;
                    passed.Add(state);
                }

                _older.Clear();
            }
        }

        return takes != Verdict.Gap;
    }

    private Verdict Take(HistoryMessage message)
    {
        if (_knowsMessage && message.Id <= _message)
        {
            return Verdict.Drop;
        }

        if (_knowsMessage && message.PreviousId != _message)
        {
            return Verdict.Gap;
        }

        (_message, _knowsMessage) = (message.Id, true);
        _seq = 0;
        _knowsSeq = true;
        _doneGeneration = Math.Max(_doneGeneration, message.Generation);
        return Verdict.Pass;
    }

    private Verdict Take(MessagePartEvent part)
    {
        if (part.Generation <= _doneGeneration
            || part.Generation < _generation
            || (part.Generation == _generation && part.Seq <= _seq))
        {
            return Verdict.Drop;
        }

        if (_knowsSeq && part.FirstSeq != (part.Generation == _generation ? _seq : 0) + 1)
        {
            return Verdict.Gap;
        }

        (_generation, _seq, _knowsSeq) = (part.Generation, part.Seq, true);
        return Verdict.Pass;
    }

    private Verdict Take(PreviewResetEvent reset)
    {
        if (_knowsSeq && _seq == 0)
        {
            return Verdict.Drop;
        }

        (_generation, _seq, _knowsSeq) = (Math.Max(_generation, reset.Generation), 0, true);
        return Verdict.Pass;
    }

    private Verdict Take(StateEvent state)
    {
        if (_versions.TryGetValue(state.GetType(), out var seen) && state.Version <= seen)
        {
            if (state.Version == seen)
            {
                return Verdict.Drop;
            }

            if (!_isReset)
            {
                _older[state.GetType()] = state;
                return Verdict.Drop;
            }
        }

        _versions[state.GetType()] = state.Version;
        return Verdict.Pass;
    }

    private Verdict Reset()
    {
        (_message, _generation, _seq, _doneGeneration) = (0, 0, 0, 0);
        _knowsMessage = _knowsSeq = _isReset = true;
        return Verdict.Pass;
    }

    private enum Verdict
    {
        Pass,
        Drop,
        Gap,
    }
}
