namespace DurableChat.Recorder.Ledgers;

/// <summary>How much a ledger holds, and for how long.</summary>
internal sealed record LedgerLimits
{
    /// <summary>The maximum number of exchanges.</summary>
    public int MaxExchanges { get; init; } = 1000;

    /// <summary>How long an exchange is kept after its end.</summary>
    public TimeSpan KeepTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an exchange without readers continues.</summary>
    public TimeSpan OrphanTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an exchange may take, with or without readers.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How many conversations without an exchange are kept for their fencing tokens.</summary>
    public int MaxRestingChats { get; init; } = 50_000;
}
