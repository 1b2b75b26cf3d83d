using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>The result of a subscriber's look at the feed.</summary>
/// <param name="Kind">The kind of result.</param>
/// <param name="Revision">The feed's revision at the look, to wait for another one.</param>
/// <param name="CatchUp">The read that a <see cref="FeedLookKind.Miss"/> needs.</param>
/// <param name="Reason">Why that read is needed.</param>
/// <param name="MayComeInline">
/// True if a notification that is on its way most likely makes that read unnecessary.
/// </param>
/// <param name="IsHit">True if messages came from the window.</param>
/// <param name="RaisesDoubt">True if the subscriber's position shows that the feed may be outdated.</param>
internal readonly record struct FeedLook(
    FeedLookKind Kind,
    long Revision = 0,
    CatchUpKey CatchUp = default,
    ReadReason Reason = default,
    bool MayComeInline = false,
    bool IsHit = false,
    bool RaisesDoubt = false);

/// <summary>The kinds of <see cref="FeedLook"/>.</summary>
internal enum FeedLookKind
{
    /// <summary>There are events to deliver.</summary>
    Delivered,

    /// <summary>
    /// The subscriber has everything. Wait until the revision differs from <see cref="FeedLook.Revision"/>.
    /// </summary>
    Idle,

    /// <summary>The window cannot answer: read <see cref="FeedLook.CatchUp"/>.</summary>
    Miss,

    /// <summary>The feed does not know the chat's current state: load it.</summary>
    Unsynced,

    /// <summary>The chat is gone.</summary>
    Deleted,
}

/// <summary>The read that advances a cursor.</summary>
/// <param name="Epoch">The reader's epoch. It cannot use a page of another epoch.</param>
/// <param name="AfterId">The id after which to read.</param>
internal readonly record struct CatchUpKey(long Epoch, long AfterId);
