using System.Globalization;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Sends the answers of a turn as steps. Each generation is one step, together with the results of the tools that it
/// calls. Parts that are only shown, such as text, are sent as they arrive and completed when the answer commits. Calls
/// are sent after the commit: otherwise a client would run calls of a failed attempt. Not thread-safe.
/// </summary>
internal sealed class StepWriter(UiChunkWriter chunks, IReadOnlySet<string> clientTools)
{
    private readonly List<ToolCallPart> _asked = [];
    private bool _isOpen;
    private bool _isCommitted;
    private long _generation;

    // Progress within the answer in flight: the parts sent, the characters of the last part, and the sources.
    private int _parts;
    private int _chars;
    private int _sources;
    private string? _lastKind;
    private bool _isHeld;

    private string? _openKind;

    /// <summary>Sends parts of the answer in flight.</summary>
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

        if (UiPart.KindOf(part) is { } kind)
        {
            Write(kind, part, sent: 0);
        }
        else
        {
            EndPart();
            _isHeld = true;
        }
    }

    /// <summary>Sends the rest of an answer that has committed.</summary>
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

    /// <summary>Sends tool results.</summary>
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
    /// Voids the answer in flight. A client cannot delete text that it has received, so a data part marks where the
    /// void text ends. The next attempt is another step.
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

    /// <summary>Ends open parts. Calls without a result are the client's to run.</summary>
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
        (_parts, _chars, _sources, _lastKind, _isHeld) = (0, 0, 0, null, false);
    }

    private void EndStep()
    {
        if (_isOpen)
        {
            chunks.FinishStep();
            _isOpen = false;
        }
    }

    /// <summary>
    /// True if the parts sent are the beginning of the committed answer: both come from the same generation.
    /// </summary>
    private bool Continues(IReadOnlyList<MessagePart> parts) =>
        _parts == 0
        || (parts.Count >= _parts
            && UiPart.KindOf(parts[_parts - 1]) == _lastKind
            && UiPart.LengthOf(parts[_parts - 1]) >= _chars);

    private void Complete(MessagePart part, int sent)
    {
        if (UiPart.KindOf(part) is { } kind)
        {
            if (sent < UiPart.LengthOf(part))
            {
                Write(kind, part, sent);
            }
        }
        else if (part is ToolCallPart call)
        {
            EndPart();
            if (clientTools.Contains(call.Name))
            {
                _asked.Add(call);
            }
            else
            {
                chunks.ToolInput(call, isForClient: false);
            }
        }
    }

    private void Write(string kind, MessagePart part, int sent)
    {
        if (UiPart.TextOf(part) is { } text)
        {
            WriteText(kind, text.AsSpan(sent));
        }
        else
        {
            WriteWhole(kind, part);
        }
    }

    private void WriteText(string kind, ReadOnlySpan<char> text)
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

    private void WriteWhole(string kind, MessagePart part)
    {
        EndPart();
        (_lastKind, _chars) = (kind, UiPart.LengthOf(part));
        _parts++;
        switch (part)
        {
            case SourcePart source:
                chunks.Source(source, UiPart.SourceId(_generation, ++_sources));
                break;
            case FilePart file:
                chunks.File(file);
                break;
            case ProviderToolPart tool:
                chunks.Data(UiPart.ProviderTool, isTransient: false, json => UiPart.WriteMembers(json, tool));
                break;
            case UnknownPart unknown:
                chunks.Data(UiPart.Unknown, isTransient: false, json => UiPart.WriteMembers(json, unknown));
                break;
        }
    }

    private void EndPart()
    {
        if (_openKind is not null)
        {
            chunks.End(_openKind, Id);
            _openKind = null;
        }
    }

    /// <summary>The same for every client, and after a resume.</summary>
    private string Id => string.Create(CultureInfo.InvariantCulture, $"{_generation}-{_parts}");
}
