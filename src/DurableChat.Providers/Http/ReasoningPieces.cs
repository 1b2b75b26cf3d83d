using DurableChat.Chats;

namespace DurableChat.Providers.Http;

/// <summary>
/// Puts a blank line between pieces of reasoning that the provider gives as separate blocks: shown, they become one
/// text. For one answer;
/// not thread-safe.
/// </summary>
internal sealed class ReasoningPieces
{
    private object? _place;

    /// <summary>The next piece as it is shown.</summary>
    /// <param name="place">What names the block that it belongs to.</param>
    /// <param name="text">The piece.</param>
    public ReasoningPart Next(object place, string text)
    {
        var part = new ReasoningPart(_place is null || _place.Equals(place) ? text : $"\n\n{text}");
        _place = place;
        return part;
    }

    /// <summary>Another kind of part follows: what comes then stands apart anyway.</summary>
    public void End() => _place = null;
}
