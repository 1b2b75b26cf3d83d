namespace DurableChat.Providers.Chat;

/// <summary>
/// Separates text into reasoning and answer at <c>&lt;think&gt;</c> tags, for servers that do not. Only a tag at the
/// very beginning counts, because an answer may mention the tags. The tags may arrive in pieces. For one answer; not
/// thread-safe.
/// </summary>
internal sealed class ThinkTags
{
    private const string Start = "<think>", End = "</think>";

    /// <summary>The maximum white space before a tag. More of it begins an answer.</summary>
    private const int MaxHeld = 1024;

    private string _held = "";
    private State _state;

    private enum State
    {
        Beginning,
        Thought,
        Gap,
        Answer,
    }

    /// <summary>True once reasoning was found.</summary>
    public bool AreFound { get; private set; }

    /// <summary>Reads the next piece.</summary>
    /// <returns>Non-empty pieces of reasoning and of the answer.</returns>
    public IEnumerable<(bool IsReasoning, string Text)> Read(string piece)
    {
        var text = _held + piece;
        _held = "";
        if (_state == State.Beginning && (text = Begin(text)).Length == 0)
        {
            yield break;
        }

        if (_state == State.Thought)
        {
            var end = text.IndexOf(End, StringComparison.Ordinal);
            var thought = end >= 0 ? text[..end] : text[..^Unclear(text)];
            if (thought.Length > 0)
            {
                yield return (true, thought);
            }

            if (end < 0)
            {
                _held = text[thought.Length..];
                yield break;
            }

            (_state, text) = (State.Gap, text[(end + End.Length)..]);
        }

        if (_state == State.Gap)
        {
            // The empty lines after the tag belong to neither.
            text = text.TrimStart();
            _state = text.Length > 0 ? State.Answer : State.Gap;
        }

        if (text.Length > 0)
        {
            yield return (false, text);
        }
    }

    /// <summary>The remaining text at the end.</summary>
    public (bool IsReasoning, string Text)? Flush()
    {
        var left = _held;
        _held = "";
        return left.Length == 0 ? null : (_state == State.Thought, left);
    }

    /// <summary>Checks whether the text begins with the tag, and holds the text until that is certain.</summary>
    private string Begin(string text)
    {
        var rest = text.TrimStart();
        if (rest.StartsWith(Start, StringComparison.Ordinal))
        {
            rest = rest[Start.Length..].TrimStart();
            if (rest.Length == 0)
            {
                // The line break after the tag may not have arrived yet.
                _held = Start;
                return "";
            }

            (_state, AreFound) = (State.Thought, true);
            return rest;
        }

        if (text.Length <= MaxHeld && Start.StartsWith(rest, StringComparison.Ordinal))
        {
            _held = text;
            return "";
        }

        _state = State.Answer;
        return text;
    }

    /// <summary>How many characters at the end may be the beginning of the tag.</summary>
    private static int Unclear(string text)
    {
        for (var length = Math.Min(End.Length - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(End[..length], StringComparison.Ordinal))
            {
                return length;
            }
        }

        return 0;
    }
}
