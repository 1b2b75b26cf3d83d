using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>
/// The places for turns on this replica. A place belongs to a chat and is held from before the commit that takes the lease until its run has ended, so that no more turns begin than there are places.
/// An owner has a share of them. Thread-safe.
/// </summary>
/// <param name="most">How many chats may have a place.</param>
/// <param name="mostOfOwner">How many chats of one owner may.</param>
internal sealed class TurnPlaces(int most, int mostOfOwner)
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly Dictionary<ChatId, (string Owner, int Holders)> _places = [];
    private readonly Dictionary<string, int> _ofOwner = new(StringComparer.Ordinal);
    private readonly HashSet<string> _awaitingOwners = new(StringComparer.Ordinal);
    private bool _closed;
    private bool _isAwaited;

    /// <summary>Says that a place is free that a chat was refused before.</summary>
    public event Action? Freed;

    /// <summary>How many more chats can have a place; 0 once it is closed.</summary>
    public int Free
    {
        get
        {
            lock (_gate)
            {
                var free = _closed ? 0 : Math.Max(0, most - _places.Count);

                // A caller that gets none waits for one.
                _isAwaited |= free == 0;
                return free;
            }
        }
    }

    /// <summary>Owners that have their whole share. Their chats have to wait.</summary>
    public IReadOnlyCollection<string> FullOwners()
    {
        lock (_gate)
        {
            string[] full = [.. _ofOwner.Where(owner => owner.Value >= mostOfOwner).Select(owner => owner.Key)];
            _awaitingOwners.UnionWith(full);
            return full;
        }
    }

    /// <summary>True if another chat of this owner could have a place now. If not, the owner's chats wait, and the next place for them is announced.</summary>
    public bool HasRoom(string owner)
    {
        lock (_gate)
        {
            return HasRoomLocked(owner);
        }
    }

    /// <summary>Takes a place for a chat, or another hold on the place that it has; null if there is none for it.</summary>
    public Hold? TryHold(ChatId chat, string owner)
    {
        lock (_gate)
        {
            return !_closed && (_places.ContainsKey(chat) || HasRoomLocked(owner)) ? HoldLocked(chat, owner) : null;
        }
    }

    /// <summary>Takes a place for a chat whose lease this replica holds already, even if there is none left.</summary>
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

            // Only if it helps a chat that waits: each announcement costs a look at the store.
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

        /// <summary>Lets go of it. The place is free once nobody holds it.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                places.Release(chat);
            }
        }
    }
}
