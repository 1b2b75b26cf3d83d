using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>
/// A request's claim to drive the turn that it may start. The place is taken before the commit, so that concurrent
/// requests do not all count on the last place. It is returned at the end of the request, unless a run has taken it
/// over. Not thread-safe.
/// </summary>
internal sealed class TurnClaim(TurnPlaces places, WorkerPulse pulse, ChatId chat, string owner) : IDisposable
{
    private TurnPlaces.Hold? _place;

    /// <summary>
    /// Takes a place, once. Returns the replica that takes the lease. Null if there is no place for this owner, or if
    /// this replica may look dead to others: a lease takeover then claims the chat.
    /// </summary>
    public string? Take()
    {
        if (!pulse.IsFresh)
        {
            return null;
        }

        _place ??= places.TryHold(chat, owner);
        return _place is null ? null : pulse.Replica;
    }

    /// <inheritdoc/>
    public void Dispose() => _place?.Dispose();
}
