namespace DurableChat.Feeds;

/// <summary>
/// Counts what feeds take, in sum and for each owner, and knows which gives way next. Only feeds that can give
/// something back stand in line, so that one that is in use is not
/// looked at time and again in vain. A feed that was used since it took its place gets another at the end, so a use
/// costs nothing and finding the next costs a constant on average.
/// <para>
/// While all is above the budget, owners with more than their share give way first. So an owner alone may use
/// everything, and beside others no more than its share.
/// </para>
/// Thread-safe. Its lock is held for a few steps and never while a feed's lock is taken; a feed may call it under its
/// own.
/// </summary>
internal sealed class FeedBudget(FeedOptions options, TimeProvider time)
{
    private readonly object _gate = new();

    // Guarded by _gate.
    private readonly LinkedList<FeedPlace> _line = new();
    private readonly Dictionary<string, OwnerMemory> _owners = new(StringComparer.Ordinal);
    private readonly List<OwnerMemory> _large = [];

    private long _bytes;
    private long _held;

    /// <summary>What all feeds take.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>True if feeds take more than they may.</summary>
    public bool IsOver => Bytes > options.TotalBytes;

    /// <summary>
    /// True if something is to be given back until there is room again. Going a tenth below the budget makes the next
    /// round come late. A tenth of the budget is left to what can be given back, also
    /// if what is in use takes all the rest: else every message would be read from the database by everyone who follows
    /// it.
    /// </summary>
    public bool IsToShrink
    {
        get
        {
            var (bytes, tenth) = (Bytes, options.TotalBytes / 10);
            return bytes > tenth * 9 && bytes - Interlocked.Read(ref _held) > tenth;
        }
    }

    /// <summary>How many feeds stand in line.</summary>
    public int InLine
    {
        get
        {
            lock (_gate)
            {
                return _line.Count;
            }
        }
    }

    /// <summary>How many owners have feeds.</summary>
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

    private long Share => (long)(options.TotalBytes * options.OwnerShare);

    /// <summary>
    /// True if nearly all memory is in use, so that it cannot be given back, and more than a share of it by this owner.
    /// </summary>
    public bool IsFull(string owner)
    {
        if (Interlocked.Read(ref _held) <= options.TotalBytes / 10 * 9)
        {
            return false;
        }

        lock (_gate)
        {
            // Many owners below their share can fill the memory too: then each has an equal part of it.
            return _owners.TryGetValue(owner, out var memory) && memory.Held > Math.Min(Share, options.TotalBytes / _owners.Count);
        }
    }

    /// <summary>Takes in what a feed takes now. Called under the feed's lock.</summary>
    /// <param name="place">The feed's place.</param>
    /// <param name="owner">Whose feed; null if that is not known.</param>
    /// <param name="bytes">All that it takes.</param>
    /// <param name="freeable">How much of it can be given back now.</param>
    public void Count(FeedPlace place, string? owner, long bytes, long freeable)
    {
        if (place.Owner is null && owner is not null)
        {
            Attach(place, owner);
        }

        var (change, changeOfHeld) = (bytes - place.Bytes, bytes - freeable - (place.Bytes - place.Freeable));
        Interlocked.Add(ref _bytes, change);
        Interlocked.Add(ref _held, changeOfHeld);
        place.Owner?.Add(change, changeOfHeld);
        place.Bytes = bytes;
        place.Freeable = freeable;
        if (freeable > 0 && !place.IsInLine)
        {
            Enter(place);
        }

        if (place.Owner is { IsLarge: false } memory && memory.Bytes > Share)
        {
            lock (_gate)
            {
                if (!memory.IsLarge)
                {
                    memory.IsLarge = true;
                    _large.Add(memory);
                }
            }
        }
    }

    /// <summary>Forgets a feed that is removed. Called under the feed's lock.</summary>
    public void Release(FeedPlace place)
    {
        Interlocked.Add(ref _bytes, -place.Bytes);
        Interlocked.Add(ref _held, place.Freeable - place.Bytes);
        lock (_gate)
        {
            Leave(place);
            if (place.Owner is not { } memory)
            {
                return;
            }

            memory.Add(-place.Bytes, place.Freeable - place.Bytes);
            if (--memory.Feeds == 0)
            {
                _owners.Remove(memory.Owner);
                _large.Remove(memory);
            }
        }
    }

    /// <summary>Puts a feed at the end of the line.</summary>
    public void Enter(FeedPlace place)
    {
        lock (_gate)
        {
            if (place.IsInLine)
            {
                return;
            }

            place.IsInLine = true;
            place.Since = time.GetTimestamp();
            _line.AddLast(place.InAll);
            place.Owner?.Line.AddLast(place.InOwner);
        }
    }

    /// <summary>
    /// Takes the first out of the line: of an owner with more than its share, if there is one; null if none can give
    /// anything back.
    /// </summary>
    public FeedPlace? TakeFirst()
    {
        lock (_gate)
        {
            var first = FirstOfLarge() ?? _line.First?.Value;
            if (first is not null)
            {
                Leave(first);
            }

            return first;
        }
    }

    // Needs _gate. Few owners can have more than a share each, so the list is short.
    private FeedPlace? FirstOfLarge()
    {
        for (var i = _large.Count - 1; i >= 0; i--)
        {
            var memory = _large[i];
            if (memory.Bytes <= Share)
            {
                memory.IsLarge = false;
                _large.RemoveAt(i);
            }
            else if (memory.Line.First is { } first)
            {
                return first.Value;
            }
        }

        return null;
    }

    // Needs _gate.
    private void Leave(FeedPlace place)
    {
        if (place.IsInLine)
        {
            place.IsInLine = false;
            _line.Remove(place.InAll);
            place.InOwner.List?.Remove(place.InOwner);
        }
    }

    private void Attach(FeedPlace place, string owner)
    {
        lock (_gate)
        {
            if (!_owners.TryGetValue(owner, out var memory))
            {
                _owners.Add(owner, memory = new OwnerMemory(owner));
            }

            memory.Feeds++;
            memory.Add(place.Bytes, place.Bytes - place.Freeable);
            place.Owner = memory;
            if (place.IsInLine)
            {
                memory.Line.AddLast(place.InOwner);
            }
        }
    }
}
