using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Load;

/// <summary>What a phase gave.</summary>
internal sealed record PhaseResult
{
    public required EventKind Kind { get; init; }

    public required PhaseMode Mode { get; init; }

    /// <summary>How long was measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>Events published meanwhile.</summary>
    public required long Published { get; init; }

    /// <summary>Events received meanwhile, by all subscribers together.</summary>
    public required long Deliveries { get; init; }

    /// <summary>From publication to receipt, in microseconds.</summary>
    public required double P50 { get; init; }

    /// <inheritdoc cref="P50"/>
    public required double P99 { get; init; }

    /// <summary>CPU time of the server.</summary>
    public required double ServerCpuSeconds { get; init; }

    /// <summary>CPU time of what is beside it.</summary>
    public required double SideCpuSeconds { get; init; }

    /// <summary>CPU time of the load generator.</summary>
    public required double LoadCpuSeconds { get; init; }

    /// <summary>Resident memory of the server at the end.</summary>
    public required long Bytes { get; init; }

    /// <summary>What had not arrived some seconds after the end.</summary>
    public required long Lost { get; init; }

    public double PerSecond => Deliveries / Seconds;

    public double MicrosPerDelivery => Deliveries == 0 ? 0 : ServerCpuSeconds * 1e6 / Deliveries;

    public double SideMicrosPerDelivery => Deliveries == 0 ? 0 : SideCpuSeconds * 1e6 / Deliveries;

    public double MicrosPerEvent => Published == 0 ? 0 : ServerCpuSeconds * 1e6 / Published;
}
