namespace DurableChat.Lab.Running;

/// <summary>What the process of an attack says after each step: one line of JSON.</summary>
internal sealed record AttackAnswer
{
    /// <summary>The servers that it needs: its first answer.</summary>
    public AttackSetup? Setup { get; init; }

    /// <summary>Why the step broke off; null if it did not.</summary>
    public string? Broken { get; init; }

    /// <summary>What its requests came to: its last answer.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>What does not hold: in its last answer.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];
}
