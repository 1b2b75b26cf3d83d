using DurableChat.Chats;

namespace DurableChat.Providers.Http;

/// <summary>
/// Adds a blank line between pieces of reasoning that the provider sends as separate blocks, since they are shown as
/// one text. For one answer; not thread-safe.
/// </summary>
internal sealed class ReasoningPieces
{
    private object? _place;

    /// <summary>The next piece as it is shown.</summary>
    /// <param name="place">Identifies the block to which the piece belongs.</param>
    /// <param name="text">The piece.</param>
    public ReasoningPart Next(object place, string text)
    {
        var part = new ReasoningPart(_place is null || _place.Equals(place) ? text : $"\n\n{text}");
        _place = place;
        return part;
    }

    /// <summary>Another kind of part follows, so the next reasoning is separated anyway.</summary>
    public void End() => _place = null;
}
