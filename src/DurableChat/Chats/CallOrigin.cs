namespace DurableChat.Chats;

/// <summary>
/// Where pending tool calls come from. Ids of calls are the provider's and may repeat, in other chats and later in the same one; a generation and a place in
/// its answer never do. Immutable.
/// </summary>
/// <param name="Generation">The generation whose answer made the calls. Later attempts of the turn have later generations; this one stays.</param>
/// <param name="Places">The place of each pending call among all calls of that answer, from 0.</param>
public sealed record CallOrigin(long Generation, IReadOnlyList<int> Places)
{
    /// <summary>True if the other names the same places.</summary>
    public bool Equals(CallOrigin? other) => other is not null && Generation == other.Generation && Places.SequenceEqual(other.Places);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Generation, Places.Count);
}
