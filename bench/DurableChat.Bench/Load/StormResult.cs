namespace DurableChat.Bench.Load;

/// <summary>What a reconnect storm gave.</summary>
internal sealed record StormResult
{
    public required int Subscribers { get; init; }

    /// <summary>How many got all that they had missed.</summary>
    public required int AtHead { get; init; }

    /// <summary>From the first that connects again until the last has all.</summary>
    public required double Seconds { get; init; }

    /// <summary>From a subscriber's connecting until it has all.</summary>
    public required double P50Ms { get; init; }

    /// <inheritdoc cref="P50Ms"/>
    public required double P99Ms { get; init; }

    /// <summary>Reads of messages from the database meanwhile.</summary>
    public required double Reads { get; init; }

    public required double ServerCpuSeconds { get; init; }
}
