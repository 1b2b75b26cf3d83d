namespace DurableChat.Lab.Chaos;

/// <summary>What one run of chaos is made of. All that is chosen at random follows from it.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Where the choices come from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many replicas there are.</summary>
    public int Replicas { get; init; } = 3;

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public string Store { get; init; } = "postgres";

    /// <summary>The program of the previous version, with which the replicas start; null for this one.</summary>
    public string? Previous { get; init; }

    /// <summary>How many commands the clients give in all.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>
    /// How many clients there are. Each gives one command at a time; any client may speak to any chat.
    /// </summary>
    public int Clients { get; init; } = 8;

    /// <summary>How many chats there are.</summary>
    public int Chats { get; init; } = 6;

    /// <summary>The kinds of faults.</summary>
    public IReadOnlyList<ChaosFault> Faults { get; init; } = [];

    /// <summary>How many faults are injected, spread over the steps.</summary>
    public int FaultCount { get; init; } = 6;

    /// <summary>The share of model calls that fail, half of them in mid-answer.</summary>
    public double ModelErrors { get; init; } = 0.1;

    /// <summary>The share of notifications that are lost, repeated or swapped.</summary>
    public double NotificationFaults { get; init; } = 0.2;

    /// <summary>The longest that a client thinks before its next command, in milliseconds.</summary>
    public int PaceMs { get; init; } = 300;

    /// <summary>The longest that the database stalls, in seconds; the shortest is 5.</summary>
    public int MaxStallSeconds { get; init; } = 60;
}
