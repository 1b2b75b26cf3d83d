using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>Sees in a subscriber's events when a turn shows its first part and when it is over. Thread-safe.</summary>
/// <remarks>
/// A turn is over when a status that is not busy has come with a version above the command's, and the answer has come
/// behind the user's message: after a reconnect the status comes first. A turn that fails has no answer.
/// </remarks>
internal sealed class TurnWatch(TimeProvider time)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _firstPart = Completed();
    private TaskCompletionSource<bool> _ended = new();
    private long _sentAt;
    private long _version;
    private long _messageId;
    private bool _isAcknowledged = true;
    private bool _isFirstPartSeen = true;
    private string? _status;
    private long _statusVersion;
    private long _lastAnswer;
    private long _lastGeneration;
    private long _generationBefore;

    /// <summary>Completes when the turn has shown something of its answer.</summary>
    public Task FirstPart => _firstPart.Task;

    /// <summary>Completes when the turn is over; false if it failed.</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>From the command to the first part; zero if there was none.</summary>
    public TimeSpan FirstPartAfter { get; private set; }

    /// <summary>From the command to the end.</summary>
    public TimeSpan EndedAfter { get; private set; }

    /// <summary>A command is about to be sent.</summary>
    public void Sending()
    {
        lock (_lock)
        {
            _sentAt = time.GetTimestamp();
            _isAcknowledged = false;
            _isFirstPartSeen = false;
            _generationBefore = _lastGeneration;
            _firstPart = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            FirstPartAfter = EndedAfter = default;
        }
    }

    /// <summary>The command was acknowledged.</summary>
    public void Acknowledged(CommandAck ack)
    {
        lock (_lock)
        {
            _version = ack.Version;
            _messageId = ack.MessageId;
            _isAcknowledged = true;
            Settle();
        }
    }

    /// <summary>An event of the stream.</summary>
    public void Observe(WireEvent next)
    {
        lock (_lock)
        {
            switch (next.Type)
            {
                case WireEventType.MessagePart:
                    Answering(next.Generation);
                    break;
                case WireEventType.Message when !next.Message!.IsUser:
                    Answering(next.Message.Generation);
                    _lastAnswer = next.Message.IsFinal ? next.Message.Id : _lastAnswer;
                    break;
                case WireEventType.Status:
                    _status = next.Word;
                    _statusVersion = next.Version;
                    break;
                case WireEventType.HistoryReset:
                    _lastAnswer = 0;
                    break;
                default:
                    return;
            }

            Settle();
        }
    }

    /// <summary>Where it stands, for reports.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            return _isAcknowledged
                ? $"{_status} of version {_statusVersion} and answer {_lastAnswer}, and waits for more than version "
                    + $"{_version} and an answer to message {_messageId}"
                : "no acknowledgement yet";
        }
    }

    private void Answering(long generation)
    {
        // Parts of a generation that began before the command belong to the turn before.
        if (!_isFirstPartSeen && generation > _generationBefore)
        {
            _isFirstPartSeen = true;
            FirstPartAfter = time.GetElapsedTime(_sentAt);
            _firstPart.TrySetResult();
        }

        _lastGeneration = Math.Max(_lastGeneration, generation);
    }

    private void Settle()
    {
        if (!_isAcknowledged || _statusVersion <= _version || _ended.Task.IsCompleted)
        {
            return;
        }

        var isFailed = _status == "error";
        if (isFailed || (_status == "waiting" && _lastAnswer > _messageId))
        {
            EndedAfter = time.GetElapsedTime(_sentAt);
            _firstPart.TrySetResult();
            _ended.TrySetResult(!isFailed);
        }
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
