namespace DurableChat.Feeds;

/// <summary>The result of one catch-up read, shared by all subscribers that waited for it. Immutable.</summary>
/// <param name="Epoch">The epoch at the read.</param>
/// <param name="Version">The chat's version at the read.</param>
/// <param name="AfterId">The page holds every message after this id, up to its own last message.</param>
/// <param name="Events">The messages, in ascending order of ids.</param>
internal sealed record CatchUpPage(long Epoch, long Version, long AfterId, IReadOnlyList<MessageEvent> Events)
{
    /// <summary>The id of the commit that made the version. Empty if unknown.</summary>
    public Guid CommitId { get; init; }
}
