using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>What a look at the feed gave a subscriber.</summary>
/// <param name="Kind">What it gave.</param>
/// <param name="Revision">The feed's revision at the look, if the subscriber may have to wait for another.</param>
/// <param name="CatchUp">The read that a <see cref="FeedLookKind.Miss"/> needs.</param>
/// <param name="Reason">Why that read is needed.</param>
/// <param name="MayComeInline">True if a notification that is on its way most likely saves that read.</param>
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
    /// The subscriber has everything; wait for another revision than <see cref="FeedLook.Revision"/>.
    /// </summary>
    Idle,

    /// <summary>The window cannot answer: read <see cref="FeedLook.CatchUp"/>.</summary>
    Miss,

    /// <summary>The feed does not know the chat's present state: load it.</summary>
    Unsynced,

    /// <summary>The chat is gone.</summary>
    Deleted,
}

/// <summary>Which read brings a cursor forward.</summary>
/// <param name="Epoch">The epoch the reader wants; a page of another epoch is of no use to it.</param>
/// <param name="AfterId">The message after which to read.</param>
internal readonly record struct CatchUpKey(long Epoch, long AfterId);
