namespace DurableChat.ScaleTest.Measuring;

/// <summary>
/// One point in time of a run. Counts are since its beginning; times and rates are of the interval before the point.
/// </summary>
internal sealed record Sample
{
    public double Seconds { get; init; }

    public string Phase { get; init; } = "";

    public long TurnsCompleted { get; init; }

    public long TurnsFailed { get; init; }

    public double TurnsPerSecond { get; init; }

    public long Events { get; init; }

    public double EventsPerSecond { get; init; }

    public double Rereads { get; init; }

    public double WindowHits { get; init; }

    public double WindowMisses { get; init; }

    public double Statements { get; init; }

    public double Commits { get; init; }

    public double Streams { get; init; }

    public double PoolInUse { get; init; }

    /// <summary>CPU of the servers, in cores.</summary>
    public double CpuCores { get; init; }

    /// <summary>Resident memory of the servers, in MiB.</summary>
    public double MemoryMb { get; init; }

    public double? FirstPartP50Ms { get; init; }

    public double? FirstPartP99Ms { get; init; }

    public double? TurnP50Ms { get; init; }

    public double? TurnP99Ms { get; init; }

    public long Violations { get; init; }
}
