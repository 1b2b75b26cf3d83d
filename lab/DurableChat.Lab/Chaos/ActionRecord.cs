using System.Globalization;

namespace DurableChat.Lab.Chaos;

/// <summary>A command in the history of a run, with when it was given and what came of it.</summary>
/// <param name="Client">Who gave it.</param>
/// <param name="Action">What was asked for.</param>
/// <param name="Started">A number from a count that all clients share, taken before the first attempt was sent.</param>
/// <param name="Ended">
/// A number from the same count, taken after the answer was read; the highest number there is if none came.
/// </param>
/// <param name="Outcome">What the client knows.</param>
internal sealed record ActionRecord(string Client, ChaosAction Action, long Started, long Ended, ActionOutcome Outcome)
{
    /// <summary>The answer; null if none came.</summary>
    public ActionReply? Reply { get; init; }

    /// <summary>
    /// The answer to the same command with the same key, sent once more after the first answer; null if that was not
    /// done or not answered.
    /// </summary>
    public ActionReply? Repetition { get; init; }

    /// <summary>How often it was sent until it was answered.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>When the first attempt was sent, in seconds since the run began.</summary>
    public double At { get; init; }

    /// <summary>How long the client waited for the answer, in seconds.</summary>
    public double Seconds { get; init; }

    public bool IsAcknowledged => Outcome == ActionOutcome.Acknowledged;

    /// <summary>True if it may have been done.</summary>
    public bool MayBeDone => Outcome != ActionOutcome.Refused;

    /// <summary>True if this was answered before the other was sent.</summary>
    public bool IsBefore(ActionRecord other) => Ended < other.Started;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At:0.000} s, {Client} [{Started}..{(Ended == long.MaxValue ? "" : Ended)}]: {Action} → "
            + $"{Describe()}{(Attempts > 1 ? $" at attempt {Attempts}" : "")}");

    private string Describe() => Outcome switch
    {
        ActionOutcome.Acknowledged =>
            $"version {Reply!.Version}{(Reply.MessageId > 0 ? $", message {Reply.MessageId}" : "")}{(Reply.QueuedId > 0 ? $", queued {Reply.QueuedId}" : "")}",
        ActionOutcome.Refused => $"refused: {Reply!.Code}",
        _ => Reply is null ? "no answer" : $"unsure: {Reply.Status} {Reply.Code}",
    };
}
