using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>
/// The places for turns on this replica. A chat holds its place from before the commit that takes the lease until its
/// run ends, so that no more turns start than there are places. Each owner has a share of them. Thread-safe.
/// </summary>
/// <param name="most">How many chats may have a place.</param>
/// <param name="mostOfOwner">How many chats of one owner may have a place.</param>
internal sealed class TurnPlaces(int most, int mostOfOwner)
{
    public TurnPlaces(WorkerOptions options)
        : this(
            options.MaxConcurrentTurns,
            options.MaxConcurrentTurnsOfOwner ?? WorkerOptions.ShareOf(options.MaxConcurrentTurns))
    {
    }

    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly Dictionary<ChatId, (string Owner, int Holders)> _places = [];
    private readonly Dictionary<string, int> _ofOwner = new(StringComparer.Ordinal);
    private readonly HashSet<string> _awaitingOwners = new(StringComparer.Ordinal);
    private bool _closed;
    private bool _isAwaited;

    /// <summary>Raised when a place becomes free that a chat was refused before.</summary>
    public event Action? Freed;

    /// <summary>How many more chats can have a place. 0 once it is closed.</summary>
    public int Free
    {
        get
        {
            lock (_gate)
            {
                var free = _closed ? 0 : Math.Max(0, most - _places.Count);

                // A caller that gets no place waits for one.
                _isAwaited |= free == 0;
                return free;
            }
        }
    }

    /// <summary>Owners that use their whole share. Their chats must wait.</summary>
    public IReadOnlyCollection<string> FullOwners()
    {
        lock (_gate)
        {
            string[] full = [.. _ofOwner.Where(owner => owner.Value >= mostOfOwner).Select(owner => owner.Key)];
            _awaitingOwners.UnionWith(full);
            return full;
        }
    }

    /// <summary>
    /// True if another chat of this owner could have a place now. If not, the owner's chats wait, and the next place
    /// for them raises the event.
    /// </summary>
    public bool HasRoom(string owner)
    {
        lock (_gate)
        {
            return HasRoomLocked(owner);
        }
    }

    /// <summary>
    /// Takes a place for a chat, or another hold on its existing place. Null if no place is available for it.
    /// </summary>
    public Hold? TryHold(ChatId chat, string owner)
    {
        lock (_gate)
        {
            return !_closed && (_places.ContainsKey(chat) || HasRoomLocked(owner)) ? HoldLocked(chat, owner) : null;
        }
    }

    /// <summary>Takes a place for a chat whose lease this replica already holds, even if none is left.</summary>
    public Hold HoldAnyhow(ChatId chat, string owner)
    {
        lock (_gate)
        {
            return HoldLocked(chat, owner);
        }
    }

    /// <summary>Gives out no more places.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    private bool HasRoomLocked(string owner)
    {
        var isFull = _places.Count >= most;
        var isOwnerFull = _ofOwner.GetValueOrDefault(owner) >= mostOfOwner;
        _isAwaited |= isFull;
        if (isOwnerFull)
        {
            _awaitingOwners.Add(owner);
        }

        return !_closed && !isFull && !isOwnerFull;
    }

    private Hold HoldLocked(ChatId chat, string owner)
    {
        if (_places.TryGetValue(chat, out var place))
        {
            _places[chat] = place with { Holders = place.Holders + 1 };
        }
        else
        {
            _places[chat] = (owner, 1);
            _ofOwner[owner] = _ofOwner.GetValueOrDefault(owner) + 1;
        }

        return new Hold(this, chat);
    }

    private void Release(ChatId chat)
    {
        bool isFreed;
        lock (_gate)
        {
            var place = _places[chat];
            if (place.Holders > 1)
            {
                _places[chat] = place with { Holders = place.Holders - 1 };
                return;
            }

            _places.Remove(chat);
            if (--_ofOwner[place.Owner] is var left && left == 0)
            {
                _ofOwner.Remove(place.Owner);
            }

            // Only if it helps a waiting chat: each event costs a look at the store.
            isFreed = (_awaitingOwners.Remove(place.Owner) | _isAwaited) && !_closed;
            _isAwaited = false;
        }

        if (isFreed)
        {
            Freed?.Invoke();
        }
    }

    /// <summary>A hold on a place. Thread-safe.</summary>
    public sealed class Hold(TurnPlaces places, ChatId chat) : IDisposable
    {
        private int _released;

        /// <summary>Releases the hold. The place becomes free when its last hold is released.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                places.Release(chat);
            }
        }
    }
}
