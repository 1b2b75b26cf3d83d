namespace DurableChat.Feeds;

/// <summary>What one catch-up read gave, shared by all who waited for it. Immutable.</summary>
/// <param name="Epoch">The epoch it was read at.</param>
/// <param name="Version">The chat's version it was read at.</param>
/// <param name="AfterId">It holds every message after this one, up to its own last.</param>
/// <param name="Events">The messages, ids ascending.</param>
internal sealed record CatchUpPage(long Epoch, long Version, long AfterId, IReadOnlyList<MessageEvent> Events)
{
    /// <summary>The commit that made the version; empty if it is not known.</summary>
    public Guid CommitId { get; init; }
}
