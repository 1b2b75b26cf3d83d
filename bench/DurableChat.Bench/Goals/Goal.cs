namespace DurableChat.Bench.Goals;

/// <summary>What is to be reached.</summary>
/// <param name="Text">In words.</param>
/// <param name="Target">The bound.</param>
/// <param name="IsAtLeast">True if more is better.</param>
/// <param name="Measure">Gives the figure; throws <see cref="KeyNotFoundException"/> if its part has not run.</param>
internal sealed record Goal(
    string Text,
    double Target,
    bool IsAtLeast,
    Func<IReadOnlyDictionary<string, double>, double> Measure)
{
    public bool IsMetBy(double measured) => IsAtLeast ? measured >= Target : measured <= Target;
}
