namespace DurableChat.Feeds;

/// <summary>Whose parts a feed wants to be relayed.</summary>
/// <param name="Replica">The replica that drives the chat.</param>
/// <param name="Generation">The generation of which the feed has parts; 0 for none.</param>
/// <param name="Seq">The last part it has.</param>
internal sealed record RelayTarget(string Replica, long Generation, long Seq);

/// <summary>What became of a relayed frame.</summary>
internal enum RelayOutcome
{
    /// <summary>It is in the feed, or was there already, or is of an answer that is over.</summary>
    Taken,

    /// <summary>The feed does not know the commit yet that the frame follows.</summary>
    Ahead,

    /// <summary>Parts before it are missing.</summary>
    Gap,
}
