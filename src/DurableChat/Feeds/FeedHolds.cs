namespace DurableChat.Feeds;

/// <summary>
/// Who uses a feed: pins, subscribers, and those for whom its state must stay whole. Decides when it may go. Not
/// thread-safe: the feed's lock guards it.
/// </summary>
internal sealed class FeedHolds(long now)
{
    /// <summary>A round figure for an empty feed: its objects, and its entry among the others.</summary>
    private const int BaseBytes = 1536;

    /// <summary>A round figure for a subscriber.</summary>
    private const int SubscriberBytes = 512;

    private readonly HashSet<SubscriberCursor> _cursors = [];
    private int _states;
    private long _lastUsed = now;

    /// <summary>When the feed was last used: a timestamp. May be read without the lock.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>How many pins there are.</summary>
    public int Pins { get; private set; }

    /// <summary>How many subscribers follow the chat here.</summary>
    public int Subscribers => _cursors.Count;

    /// <summary>True once the feed is out of use. It never comes back.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>True while the state must stay whole.</summary>
    public bool HoldsState => _states > 0;

    /// <summary>Notes a use.</summary>
    public void Touch(long now) => Volatile.Write(ref _lastUsed, now);

    /// <summary>Adds a pin; false if the feed is removed already and another must be taken.</summary>
    public bool TryPin()
    {
        Pins += IsRemoved ? 0 : 1;
        return !IsRemoved;
    }

    /// <summary>Undoes a <see cref="TryPin"/>; true if that was the last.</summary>
    public bool Unpin() => --Pins == 0;

    /// <summary>Removes the feed if no pin holds it and it has rested since a timestamp.</summary>
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
    /// Removes a subscriber. After the last one, those who wait on behalf of subscribers have to look again.
    /// </summary>
    public FeedChange Leave(SubscriberCursor cursor)
    {
        HoldState(cursor, holds: false);
        var isLast = _cursors.Remove(cursor) && _cursors.Count == 0;
        return FeedChange.Memory | (isLast ? FeedChange.Waiting : FeedChange.None);
    }

    /// <summary>Keeps the state whole, or no longer, for a subscriber.</summary>
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

    /// <summary>Keeps the state whole until <see cref="ReleaseState"/>.</summary>
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

    /// <summary>Takes what a change means for those who use the feed.</summary>
    public void Take(FeedEffects effects, long now)
    {
        if (effects.Has(FeedEffects.Touch))
        {
            Touch(now);
        }

        if (effects.Has(FeedEffects.VoidCursors))
        {
            foreach (var cursor in _cursors)
            {
                cursor.IsVoid = true;
            }
        }
    }

    /// <summary>
    /// What the feed takes in memory, and how much of it can be given back now, in bytes. Without pins all can.
    /// </summary>
    public (long Bytes, long Freeable) Measure(FeedKnowledge knowledge)
    {
        var bytes = knowledge.Phase == FeedPhase.Gone
            ? 0
            : BaseBytes + (_cursors.Count * (long)SubscriberBytes) + knowledge.Bytes;
        return (bytes, Pins == 0 ? bytes : knowledge.FreeableBytes(HoldsState));
    }

    /// <summary>Where subscribers stood at their last look, at most <paramref name="max"/> of them.</summary>
    public IReadOnlyList<string> Positions(int max) =>
        [.. _cursors.Take(max).Select(cursor => cursor.PositionAtLook.ToString())];
}
