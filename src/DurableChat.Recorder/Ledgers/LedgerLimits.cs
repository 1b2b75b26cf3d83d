namespace DurableChat.Recorder.Ledgers;

/// <summary>How much a ledger holds, and for how long.</summary>
internal sealed record LedgerLimits
{
    /// <summary>How many exchanges there may be.</summary>
    public int MaxExchanges { get; init; } = 1000;

    /// <summary>How long an exchange is kept after its end.</summary>
    public TimeSpan KeepTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an exchange goes on that nobody reads.</summary>
    public TimeSpan OrphanTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an exchange may take, read or not.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How many conversations without an exchange are remembered for their fencing tokens.</summary>
    public int MaxRestingChats { get; init; } = 50_000;
}
