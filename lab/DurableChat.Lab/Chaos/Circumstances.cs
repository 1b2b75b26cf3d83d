namespace DurableChat.Lab.Chaos;

/// <summary>What a run went through, as far as it excuses what a chat had to wait for or had done twice.</summary>
internal sealed record Circumstances
{
    /// <summary>What was done to the servers and their database.</summary>
    public IReadOnlyList<FaultWindow> Faults { get; init; } = [];

    /// <summary>When the machine itself stood still: from and until, in seconds.</summary>
    public IReadOnlyList<(double From, double To)> Lulls { get; init; } = [];

    /// <summary>When the record ends, in seconds.</summary>
    public double Ended { get; init; }

    /// <summary>False if replicas of a version took part that counts no usage.</summary>
    public bool IsUsageCounted { get; init; } = true;

    /// <summary>
    /// Until then only replicas of the previous version ran, in seconds: what they did twice among themselves says
    /// nothing of this one.
    /// </summary>
    public double PreviousAloneUntil { get; init; }

    public RunLimits Limits { get; init; } = new();
}
