namespace DurableChat.Feeds;

/// <summary>What a feed needs from its surroundings. Thread-safe.</summary>
internal interface IFeedHost
{
    /// <summary>The clock of all timestamps.</summary>
    TimeProvider Time { get; }

    /// <summary>The name under which this replica holds leases; empty if there are no others.</summary>
    string Replica { get; }

    /// <summary>Counts memory. A feed calls it under its own lock.</summary>
    FeedBudget Budget { get; }

    /// <summary>Counts what subscribers find in memory.</summary>
    FeedMetrics Metrics { get; }

    /// <summary>
    /// Makes feeds give memory back while they use more than they may. Never called under a feed's lock.
    /// </summary>
    void EnforceBudget();

    /// <summary>Asks for the parts that another replica makes. Never called under a feed's lock.</summary>
    void AskForRelay(Feed feed);
}
