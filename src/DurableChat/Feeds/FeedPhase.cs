namespace DurableChat.Feeds;

/// <summary>How much a feed knows of its chat. The picture is in <see cref="FeedKnowledge"/>.</summary>
internal enum FeedPhase
{
    /// <summary>Nothing, or only commits that may be old.</summary>
    Unknown,

    /// <summary>The present state, as far as this replica can know.</summary>
    Present,

    /// <summary>A state that may be outdated. Nothing is served until it is loaded.</summary>
    InDoubt,

    /// <summary>
    /// The chat does not exist, or no longer. Ids are not used twice, so only a chat that never was can still appear.
    /// </summary>
    Gone,
}
