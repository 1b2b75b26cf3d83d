namespace DurableChat.Chats;

/// <summary>
/// An answer exactly as its provider sent it, kept so that the same provider can be given it back: signatures, encrypted reasoning, ids
/// and the order of items, which the neutral parts do not carry. It never appears in streams, lists or exports. Immutable.
/// </summary>
/// <param name="Wire">The protocol, e.g. <c>openai.responses</c>.</param>
/// <param name="Provider">The provider: the host of its address.</param>
/// <param name="Model">The provider's name of the model that was asked.</param>
/// <param name="Account">A hash of the key, since some providers read back only what they issued to the same account.</param>
/// <param name="Items">The items in order, each a JSON text, byte for byte what goes back.</param>
public sealed record Replay(string Wire, string Provider, string Model, string Account, IReadOnlyList<string> Items)
{
    /// <summary>
    /// A hash of everything that was sent before the answer, where the provider binds its reasoning to that; null elsewhere.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// True if the provider refused the replays of earlier answers when it made this one: none of them goes back any more.
    /// </summary>
    public bool EndsEarlier { get; init; }

    /// <summary>True if nothing is missing: JSON may leave out what a constructor demands.</summary>
    internal bool IsWhole =>
        Wire is not null && Provider is not null && Model is not null && Account is not null && Items is not null
        && !Items.Contains(null!);

    /// <summary>About how many characters it has, for limits on memory and history.</summary>
    public long Length => Items.Sum(item => (long)item.Length) + Wire.Length + Provider.Length + Model.Length + Account.Length;
}
