namespace DurableChat.Chats;

/// <summary>
/// An answer exactly as its provider sent it, kept so that it can be sent back to that provider. It holds what the
/// neutral parts do not: signatures, encrypted reasoning, ids and the order of items. It never appears in streams,
/// lists or exports. Immutable.
/// </summary>
/// <param name="Wire">The protocol, e.g. <c>openai.responses</c>.</param>
/// <param name="Provider">The provider: the host of its address.</param>
/// <param name="Model">The provider's name for the requested model.</param>
/// <param name="Account">
/// A hash of the API key. Some providers accept only what they issued to the same account.
/// </param>
/// <param name="Items">The items in order. Each is a JSON text that is sent back byte for byte.</param>
public sealed record Replay(string Wire, string Provider, string Model, string Account, IReadOnlyList<string> Items)
{
    /// <summary>
    /// A hash of everything sent before the answer, for providers that bind their reasoning to it. Otherwise null.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// True if the provider refused the replays of earlier answers when it made this one. They are then never sent
    /// again.
    /// </summary>
    public bool EndsEarlier { get; init; }

    /// <summary>False if a required value is missing. JSON can omit values that a constructor requires.</summary>
    internal bool IsWhole =>
        Wire is not null && Provider is not null && Model is not null && Account is not null && Items is not null
        && !Items.Contains(null!);

    /// <summary>The approximate size in characters, for limits on memory and history.</summary>
    public long Length =>
        Items.Sum(item => (long)item.Length) + Wire.Length + Provider.Length + Model.Length + Account.Length;
}
