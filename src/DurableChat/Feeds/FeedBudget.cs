namespace DurableChat.Feeds;

/// <summary>
/// Counts the memory of feeds, in total and for each owner, and decides which feed gives way next. Only feeds that can
/// free something stand in line, so that feeds in use are not examined repeatedly. A feed that was used since it took
/// its place moves to the end, so a use costs nothing, and finding the next feed costs a constant on average.
/// <para>
/// While the total is above the budget, feeds of owners above their share give way first. So an owner alone may use
/// everything, but next to other owners no more than its share.
/// </para>
/// Thread-safe. Its lock is held for a few steps, and never while a feed's lock is taken. A feed may call it while
/// holding its own lock.
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

    /// <summary>The memory of all feeds.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>True if feeds use more than the budget.</summary>
    public bool IsOver => Bytes > options.TotalBytes;

    /// <summary>
    /// True if memory must be freed. Freeing stops a tenth below the budget, so that the next round comes later. A
    /// tenth of the budget is reserved for what can be freed, even if memory in use takes all the rest: otherwise every
    /// subscriber would read every message from the database.
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
    /// True if nearly all memory is in use and cannot be freed, and this owner uses more than a share of it.
    /// </summary>
    public bool IsFull(string owner)
    {
        if (Interlocked.Read(ref _held) <= options.TotalBytes / 10 * 9)
        {
            return false;
        }

        lock (_gate)
        {
            // Many owners below their share can also fill the memory. Each then has an equal part of it.
            return _owners.TryGetValue(owner, out var memory)
                && memory.Held > Math.Min(Share, options.TotalBytes / _owners.Count);
        }
    }

    /// <summary>Records a feed's current memory. Called under the feed's lock.</summary>
    /// <param name="place">The feed's place.</param>
    /// <param name="owner">The owner of the feed's chat. Null if unknown.</param>
    /// <param name="bytes">The total memory.</param>
    /// <param name="freeable">How much of it can be freed now.</param>
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

    /// <summary>Removes a feed. Called under the feed's lock.</summary>
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
    /// Takes the first feed out of the line. A feed of an owner above its share goes first. Null if no feed can free
    /// anything.
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

    // Needs _gate. Few owners can be above their share, so the list is short.
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
