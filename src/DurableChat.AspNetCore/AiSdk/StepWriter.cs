using System.Globalization;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Tells the answers of a turn as steps: each generation is one, with the results of the tools it calls. Text and reasoning are told as they are made; when the answer commits only what is still lacking.
/// Of calls nothing is told before they are committed, or a client would run what an attempt asked for that never came to be. Not thread-safe.
/// </summary>
internal sealed class StepWriter(UiChunkWriter chunks, IReadOnlySet<string> clientTools)
{
    private readonly List<ToolCallPart> _asked = [];
    private bool _isOpen;
    private bool _isCommitted;
    private long _generation;

    // How far the answer in flight has been told: so many parts, of the last so many characters.
    private int _parts;
    private int _chars;
    private string? _lastKind;
    private bool _isHeld;

    private string? _openKind;

    /// <summary>Tells parts of the answer in flight.</summary>
    public void AddLive(long generation, MessagePart part)
    {
        if (!_isOpen || _generation != generation || _isCommitted)
        {
            Begin(generation);
        }

        if (_isHeld)
        {
            return;
        }

        if (KindOf(part) is { } kind)
        {
            Write(kind, TextOf(part));
        }
        else
        {
            EndPart();
            _isHeld = true;
        }
    }

    /// <summary>Tells what is lacking of an answer that has committed.</summary>
    public void Commit(Message answer)
    {
        if (!_isOpen || _generation != answer.Generation || _isCommitted)
        {
            Begin(answer.Generation);
        }
        else if (!Continues(answer.Parts))
        {
            Discard();
            Begin(answer.Generation);
        }

        for (var i = Math.Max(0, _parts - 1); i < answer.Parts.Count; i++)
        {
            Complete(answer.Parts[i], _parts == i + 1 ? _chars : 0);
        }

        EndPart();
        _isCommitted = true;
    }

    /// <summary>Tells results of tools.</summary>
    public void AddResults(Message message)
    {
        foreach (var result in message.Parts.OfType<ToolResultPart>())
        {
            if (_asked.Find(call => call.CallId == result.CallId) is { } call)
            {
                _asked.Remove(call);
                chunks.AnsweredToolInput(call);
            }

            chunks.ToolOutput(result);
        }
    }

    /// <summary>
    /// The answer in flight is void. What a client has been told it cannot be made to forget, so a part of ours says where the void ends; the next attempt is another step.
    /// </summary>
    public void Discard()
    {
        if (_isOpen && !_isCommitted && _parts > 0)
        {
            EndPart();
            chunks.Data("preview-reset", isTransient: false, json => json.WriteNumber("generation"u8, _generation));
            EndStep();
        }
    }

    /// <summary>Ends what is open; calls that nobody has answered are the client's to run.</summary>
    public void Close()
    {
        EndPart();
        foreach (var call in _asked)
        {
            chunks.ToolInput(call, isForClient: true);
        }

        _asked.Clear();
        EndStep();
    }

    private void Begin(long generation)
    {
        EndPart();
        EndStep();
        chunks.StartStep();
        (_isOpen, _isCommitted, _generation) = (true, false, generation);
        (_parts, _chars, _lastKind, _isHeld) = (0, 0, null, false);
    }

    private void EndStep()
    {
        if (_isOpen)
        {
            chunks.FinishStep();
            _isOpen = false;
        }
    }

    /// <summary>What was told is the beginning of what has committed: both come from the same generation.</summary>
    private bool Continues(IReadOnlyList<MessagePart> parts) =>
        _parts == 0 || (parts.Count >= _parts && KindOf(parts[_parts - 1]) == _lastKind && TextOf(parts[_parts - 1]).Length >= _chars);

    private void Complete(MessagePart part, int told)
    {
        switch (part)
        {
            case ToolCallPart call:
                EndPart();
                if (clientTools.Contains(call.Name))
                {
                    _asked.Add(call);
                }
                else
                {
                    chunks.ToolInput(call, isForClient: false);
                }

                break;

            default:
                if (KindOf(part) is { } kind && told < TextOf(part).Length)
                {
                    Write(kind, TextOf(part)[told..]);
                }

                break;
        }
    }

    private void Write(string kind, string text)
    {
        if (_openKind != kind)
        {
            EndPart();
            (_openKind, _lastKind, _chars) = (kind, kind, 0);
            _parts++;
            chunks.Begin(kind, Id);
        }

        chunks.Delta(kind, Id, text);
        _chars += text.Length;
    }

    private void EndPart()
    {
        if (_openKind is not null)
        {
            chunks.End(_openKind, Id);
            _openKind = null;
        }
    }

    /// <summary>The same for everybody who follows, and after a resume.</summary>
    private string Id => string.Create(CultureInfo.InvariantCulture, $"{_generation}-{_parts}");

    private static string? KindOf(MessagePart part) => part switch { TextPart => "text", ReasoningPart => "reasoning", _ => null };

    private static string TextOf(MessagePart part) => part switch { TextPart text => text.Text, ReasoningPart reasoning => reasoning.Text, _ => string.Empty };
}
