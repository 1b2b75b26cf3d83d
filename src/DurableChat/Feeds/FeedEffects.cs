namespace DurableChat.Feeds;

/// <summary>
/// What has to follow a change in a feed. <see cref="FeedChanges.Effects"/> is the one place that decides it.
/// </summary>
[Flags]
internal enum FeedEffects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Under the lock: the change is a use of the feed.</summary>
    Touch = 1,

    /// <summary>Under the lock: what the feed takes in memory, and what of it can be given back, is counted.</summary>
    CountMemory = 2,

    /// <summary>Under the lock: every subscriber starts again.</summary>
    VoidCursors = 4,

    /// <summary>Under the lock: the feed's memory counts no longer.</summary>
    Release = 8,

    /// <summary>Outside the lock: those who wait look again.</summary>
    Wake = 16,

    /// <summary>Outside the lock: feeds give memory back if they use too much.</summary>
    EnforceBudget = 32,

    /// <summary>Outside the lock: parts that another replica makes may be wanted.</summary>
    AskForRelay = 64,
}

/// <summary>What follows from what.</summary>
internal static class FeedChanges
{
    private const FeedChange Content = FeedChange.State | FeedChange.Window | FeedChange.Answer | FeedChange.Gone;
    private const FeedChange Visible =
        FeedChange.Doubt | FeedChange.State | FeedChange.Answer | FeedChange.Gone | FeedChange.Waiting;

    /// <summary>The effects of a change.</summary>
    public static FeedEffects Effects(this FeedChange change) =>
        If(change, Content | FeedChange.Held, FeedEffects.Touch)
        | If(change, Content | FeedChange.Held | FeedChange.Memory, FeedEffects.CountMemory)
        | If(change, FeedChange.Lost, FeedEffects.VoidCursors)
        | If(change, FeedChange.Removed, FeedEffects.Release)
        | If(change, Visible, FeedEffects.Wake)
        | If(change, FeedChange.State | FeedChange.Window, FeedEffects.EnforceBudget)
        | If(change, FeedChange.State | FeedChange.Subscribers, FeedEffects.AskForRelay);

    /// <summary>True if an effect is among others. Unlike <see cref="Enum.HasFlag"/> it never allocates.</summary>
    public static bool Has(this FeedEffects effects, FeedEffects effect) => (effects & effect) != FeedEffects.None;

    private static FeedEffects If(FeedChange change, FeedChange any, FeedEffects effect) =>
        (change & any) != FeedChange.None ? effect : FeedEffects.None;
}
