namespace DurableChat.Feeds;

/// <summary>The parts that a feed wants relayed.</summary>
/// <param name="Replica">The replica that drives the chat.</param>
/// <param name="Generation">The generation of which the feed has parts. 0 for none.</param>
/// <param name="Seq">The number of the last part it has.</param>
internal sealed record RelayTarget(string Replica, long Generation, long Seq);

/// <summary>The outcome of adding a relayed frame.</summary>
internal enum RelayOutcome
{
    /// <summary>The frame is in the feed, was already there, or belongs to an answer that is over.</summary>
    Taken,

    /// <summary>The feed does not know the commit that the frame follows yet.</summary>
    Ahead,

    /// <summary>Parts before the frame are missing.</summary>
    Gap,
}
