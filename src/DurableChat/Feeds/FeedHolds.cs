namespace DurableChat.Feeds;

/// <summary>
/// What uses a feed: pins, subscribers, and callers for which its state must stay complete. Decides when the feed may
/// be removed. Not thread-safe: guarded by the feed's lock.
/// </summary>
internal sealed class FeedHolds(long now)
{
    /// <summary>The approximate size of an empty feed: its objects and its dictionary entry.</summary>
    private const int BaseBytes = 1536;

    /// <summary>The approximate size of a subscriber.</summary>
    private const int SubscriberBytes = 512;

    private readonly HashSet<SubscriberCursor> _cursors = [];
    private int _states;
    private long _lastUsed = now;

    /// <summary>When the feed was last used: a timestamp. May be read without the lock.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>The number of pins.</summary>
    public int Pins { get; private set; }

    /// <summary>The number of subscribers here.</summary>
    public int Subscribers => _cursors.Count;

    /// <summary>True once the feed is removed. It is never used again.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>True while the state must stay complete.</summary>
    public bool HoldsState => _states > 0;

    /// <summary>Records a use.</summary>
    public void Touch(long now) => Volatile.Write(ref _lastUsed, now);

    /// <summary>Adds a pin. False if the feed is already removed and another must be used.</summary>
    public bool TryPin()
    {
        Pins += IsRemoved ? 0 : 1;
        return !IsRemoved;
    }

    /// <summary>Undoes a <see cref="TryPin"/>. True if that was the last pin.</summary>
    public bool Unpin() => --Pins == 0;

    /// <summary>Removes the feed if it has no pins and has been unused since a timestamp.</summary>
    public bool TryRemove(long restedSince)
    {
        if (IsRemoved || Pins > 0 || LastUsed > restedSince)
        {
            return false;
        }

        return IsRemoved = true;
    }

    /// <summary>Adds a subscriber.</summary>
    public FeedChange Join(SubscriberCursor cursor)
    {
        _cursors.Add(cursor);
        return FeedChange.Memory | FeedChange.Subscribers;
    }

    /// <summary>
    /// Removes a subscriber. After the last one, callers that wait on behalf of subscribers must look again.
    /// </summary>
    public FeedChange Leave(SubscriberCursor cursor)
    {
        HoldState(cursor, holds: false);
        var isLast = _cursors.Remove(cursor) && _cursors.Count == 0;
        return FeedChange.Memory | (isLast ? FeedChange.Waiting : FeedChange.None);
    }

    /// <summary>Keeps the state complete for a subscriber, or stops doing so.</summary>
    public FeedChange HoldState(SubscriberCursor cursor, bool holds)
    {
        if (cursor.HoldsState == holds)
        {
            return FeedChange.None;
        }

        cursor.HoldsState = holds;
        _states += holds ? 1 : -1;
        return FeedChange.Memory;
    }

    /// <summary>Keeps the state complete until <see cref="ReleaseState"/>.</summary>
    public FeedChange HoldState()
    {
        _states++;
        return FeedChange.None;
    }

    /// <summary>Undoes a <see cref="HoldState()"/>.</summary>
    public FeedChange ReleaseState()
    {
        _states--;
        return FeedChange.Memory;
    }

    /// <summary>Marks all subscribers: the history that they were shown is not the stored one.</summary>
    public void VoidCursors()
    {
        foreach (var cursor in _cursors)
        {
            cursor.IsVoid = true;
        }
    }

    /// <summary>
    /// The feed's memory, and how much of it can be freed now, in bytes. Without pins, all of it can be freed.
    /// </summary>
    public (long Bytes, long Freeable) Measure(FeedKnowledge knowledge)
    {
        var bytes = knowledge.Phase == FeedPhase.Gone
            ? 0
            : BaseBytes + (_cursors.Count * (long)SubscriberBytes) + knowledge.Bytes;
        return (bytes, Pins == 0 ? bytes : knowledge.FreeableBytes(HoldsState));
    }

    /// <summary>The positions of subscribers at their last look, at most <paramref name="max"/>.</summary>
    public IReadOnlyList<string> Positions(int max) =>
        [.. _cursors.Take(max).Select(cursor => cursor.PositionAtLook.ToString())];
}
