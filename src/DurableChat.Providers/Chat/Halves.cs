using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Holds back a lone high surrogate at the end of a piece until the low surrogate arrives. For one text; not
/// thread-safe.
/// </summary>
internal sealed class Halves
{
    private string _held = "";

    /// <summary>The next piece, without an incomplete character at its end.</summary>
    public string Next(string piece)
    {
        var text = _held + piece;
        _held = text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[^1..] : "";
        return LooseText.Whole(text[..^_held.Length]);
    }
}
