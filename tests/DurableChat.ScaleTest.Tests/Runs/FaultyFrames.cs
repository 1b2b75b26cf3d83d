using System.Text.RegularExpressions;

namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>Spoils the frames of a stream once.</summary>
internal sealed partial class FaultyFrames(Fault fault)
{
    /// <summary>The fault comes with the third of its kind, when the stream runs.</summary>
    private const int At = 3;

    private int _messages;
    private int _parts;
    private bool _isSpoilt;
    private bool _isDroppingAll;
    private string? _held;
    private string? _lastPart;
    private string? _firstStatus;

    /// <summary>The frames that go on in place of one.</summary>
    public IEnumerable<string> Pass(string frame)
    {
        var isMessage = frame.Contains("event: message\n", StringComparison.Ordinal);
        var isPart = frame.Contains("event: message_part\n", StringComparison.Ordinal);
        var isAnswer = isMessage && !frame.Contains("\"role\":\"user\"", StringComparison.Ordinal);
        _messages += isMessage ? 1 : 0;
        _parts += isPart ? 1 : 0;
        _lastPart = isPart ? frame : _lastPart;
        if (frame.Contains("event: status\n", StringComparison.Ordinal))
        {
            _firstStatus ??= frame;
        }

        if (_isDroppingAll)
        {
            return isMessage ? [] : [frame];
        }

        if (_held is { } held && (fault == Fault.SwapParts ? isPart : isMessage))
        {
            _held = null;
            return [frame, held];
        }

        var isDue = !_isSpoilt && (fault is Fault.DropPart or Fault.RepeatPart or Fault.SwapParts ? isPart && _parts >= At : isMessage && _messages >= At);
        if (!isDue || (fault is Fault.PartAfterMessage or Fault.ChangeText or Fault.DropTail && !isAnswer))
        {
            return [frame];
        }

        _isSpoilt = true;
        switch (fault)
        {
            case Fault.DropMessage or Fault.DropPart:
                return [];
            case Fault.RepeatMessage or Fault.RepeatPart:
                return [frame, frame];
            case Fault.SwapMessages or Fault.SwapParts:
                _held = frame;
                return [];
            case Fault.PartAfterMessage:
                return _lastPart is null ? [frame] : [frame, _lastPart];
            case Fault.WrongEpoch:
                return [Position().Replace(frame, match => $"{match.Groups[1].Value}9{match.Groups[2].Value}")];
            case Fault.ChangeText:
                return [frame.Replace("\"text\":\"", "\"text\":\"?", StringComparison.Ordinal)];
            case Fault.DropTail:
                _isDroppingAll = true;
                return [];
            case Fault.RepeatStatus:
                return [frame, _firstStatus!];
            case Fault.OtherId:
                return [Regex.Replace(frame, @"^id: \d+\.\d+", "id: 1.1", RegexOptions.Multiline)];
            default:
                return [frame];
        }
    }

    [GeneratedRegex("""(id: |"position":")\d+(\.)""")]
    private static partial Regex Position();
}
