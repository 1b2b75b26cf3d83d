using DurableChat.AspNetCore.Wire;

namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// How many bytes of request bodies this replica has in memory at once, in sum and for each owner: a few requests of
/// many megabytes each would otherwise take all memory, however small one of them is. Thread-safe.
/// </summary>
internal sealed class BodyBudget(DurableChatHttpOptions options)
{
    private readonly long _most = options.BodyBytesInFlight;
    private readonly long _mostOfOwner = options.BodyBytesInFlightOfOwner;

    // Large bodies leave an eighth to small ones, as far as one owner's share still fits.
    private readonly long _mostForLarge = Math.Max(options.BodyBytesInFlight - (options.BodyBytesInFlight / 8), options.BodyBytesInFlightOfOwner);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _owners = new(StringComparer.Ordinal);
    private long _taken;

    /// <summary>How much is taken, by all owners.</summary>
    public long Taken
    {
        get
        {
            lock (_gate)
            {
                return _taken;
            }
        }
    }

    /// <summary>How many owners have something in it.</summary>
    public int Owners
    {
        get
        {
            lock (_gate)
            {
                return _owners.Count;
            }
        }
    }

    /// <summary>Takes bytes of it for a request.</summary>
    /// <param name="owner">Whose request.</param>
    /// <param name="held">What the request has taken so far.</param>
    /// <param name="bytes">How many more.</param>
    /// <returns>What the request has now, or why there is no room for it.</returns>
    public (long Held, BodyRefusal? Refusal) TryTake(string owner, long held, long bytes)
    {
        lock (_gate)
        {
            // Never more than an owner's share, or what a body costs beyond its bytes would keep it from ever being
            // accepted.
            var more = Math.Min(bytes, _mostOfOwner - held);
            var ofOwner = _owners.GetValueOrDefault(owner);
            if (ofOwner + more > _mostOfOwner)
            {
                return (held, BodyRefusal.Owner);
            }

            if (_taken + more > (held + more > BodyLane.SmallBytes ? _mostForLarge : _most))
            {
                return (held, BodyRefusal.Replica);
            }

            _owners[owner] = ofOwner + more;
            _taken += more;
            return (held + more, null);
        }
    }

    /// <summary>Gives back all that a request has taken.</summary>
    public void Give(string owner, long held)
    {
        lock (_gate)
        {
            _taken -= held;
            var left = _owners.GetValueOrDefault(owner) - held;
            if (left > 0)
            {
                _owners[owner] = left;
            }
            else
            {
                _owners.Remove(owner);
            }
        }
    }
}
