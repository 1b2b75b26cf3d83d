using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Holds half a character at the end of a piece back until the other half comes. For one text; not thread-safe.
/// </summary>
internal sealed class Halves
{
    private string _held = "";

    /// <summary>The next piece, without half a character at its end.</summary>
    public string Next(string piece)
    {
        var text = _held + piece;
        _held = text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[^1..] : "";
        return LooseText.Whole(text[..^_held.Length]);
    }
}
