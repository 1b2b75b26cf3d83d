namespace DurableChat.Recorder.Ledgers;

/// <summary>
/// The order in which a conversation's leases were issued. Within an epoch the token decides. A failover that loses
/// commits may issue a token a second time, but it begins a new epoch.
/// </summary>
/// <param name="Epoch">The epoch of the history.</param>
/// <param name="Token">The fencing token.</param>
internal readonly record struct Fence(long Epoch, long Token) : IComparable<Fence>
{
    /// <inheritdoc/>
    public int CompareTo(Fence other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Token.CompareTo(other.Token);
}
