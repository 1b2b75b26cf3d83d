using System.Globalization;

namespace DurableChat.ScaleTest.Mock;

/// <summary>One answer of the model or one run of a tool, as the model and the tool saw it.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Key">
/// Of an answer, a hash of the history it was asked with; of a run, the idempotency key that the tool was given.
/// </param>
/// <param name="Question">The first word of the newest user message in that history, which names the chat.</param>
/// <param name="Replica">Which replica asked; -1 if that is not known.</param>
/// <param name="Began">When, in seconds.</param>
/// <param name="LastSeen">When it last made progress.</param>
/// <param name="Ended">When it ended; null if it did not.</param>
/// <param name="Outcome">How.</param>
internal sealed record WorkRecord(
    WorkKind Kind,
    string Key,
    string Question,
    int Replica,
    double Began,
    double LastSeen,
    double? Ended,
    WorkOutcome Outcome)
{
    /// <summary>What the model said that the answer costs; 0 if it did not say.</summary>
    public long InputTokens { get; init; }

    /// <summary>What the model said that the answer costs; 0 if it did not say.</summary>
    public long OutputTokens { get; init; }

    /// <summary>True if it is known that the server has taken in what the answer costs.</summary>
    public bool IsCostTaken { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Kind == WorkKind.Answer ? "answer" : "tool run")} {Key} of replica {Replica + 1} at {Began:0.000} s, "
            + $"{Outcome.ToString().ToLowerInvariant()} at {Ended ?? LastSeen:0.000} s");
}
