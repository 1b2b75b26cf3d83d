namespace DurableChat.Feeds;

/// <summary>How much a feed knows of its chat. The diagram is in <see cref="FeedKnowledge"/>.</summary>
internal enum FeedPhase
{
    /// <summary>Nothing, or only commits that may be outdated.</summary>
    Unknown,

    /// <summary>The current state, as far as this replica can know.</summary>
    Present,

    /// <summary>A state that may be outdated. Nothing is served until it is loaded.</summary>
    InDoubt,

    /// <summary>
    /// The chat does not exist, or no longer exists. Ids are not reused, so only a chat that never existed can still
    /// appear.
    /// </summary>
    Gone,
}
