namespace DurableChat.Chats;

/// <summary>
/// Which answer made the pending tool calls. Call ids come from the provider and may repeat, in other chats and later
/// in the same chat. A generation together with a place in its answer never repeats. Immutable.
/// </summary>
/// <param name="Generation">
/// The generation whose answer made the calls. It stays the same when later attempts of the turn have later
/// generations.
/// </param>
/// <param name="Places">The index of each pending call among all calls of that answer, from 0.</param>
public sealed record CallOrigin(long Generation, IReadOnlyList<int> Places)
{
    /// <summary>True if both have the same generation and places.</summary>
    public bool Equals(CallOrigin? other) =>
        other is not null && Generation == other.Generation && Places.SequenceEqual(other.Places);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Generation, Places.Count);
}
