using DurableChat.Bench.Load;

namespace DurableChat.Bench.Fanout;

/// <summary>What all rounds gave for one target, shape, kind and mode.</summary>
internal sealed record FanoutCell(string Target, string Shape, IReadOnlyList<PhaseResult> Rounds)
{
    public PhaseResult Any => Rounds[0];

    /// <summary>The median of a figure over the rounds.</summary>
    public double Median(Func<PhaseResult, double> figure)
    {
        var sorted = Rounds.Select(figure).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
