namespace DurableChat.Feeds;

/// <summary>What a feed needs from its host. Thread-safe.</summary>
internal interface IFeedHost
{
    /// <summary>The clock of all timestamps.</summary>
    TimeProvider Time { get; }

    /// <summary>The name under which this replica holds leases. Empty if there are no other replicas.</summary>
    string Replica { get; }

    /// <summary>Counts memory. A feed calls it under its own lock.</summary>
    FeedBudget Budget { get; }

    /// <summary>Counts what subscribers find in memory.</summary>
    FeedMetrics Metrics { get; }

    /// <summary>Makes feeds free memory while they exceed the budget. Never called under a feed's lock.</summary>
    void EnforceBudget();

    /// <summary>Requests parts from another replica. Never called under a feed's lock.</summary>
    void AskForRelay(Feed feed);
}
