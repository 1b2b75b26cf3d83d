using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Mock;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// No tool runs twice for one call, and no answer is generated twice from one history, unless the replica that did it
/// first was killed, frozen or asked to stop before the second time; an answer also if
/// the model failed or the owner stopped the turn. A replica that takes a turn from one that lives has no excuse.
/// </summary>
internal static class OnceLaws
{
    /// <summary>
    /// How much later a command without an answer may still be done, and how far back faults are reported, in seconds.
    /// </summary>
    private const double Lateness = 10;

    public static void Check(RecordedChat chat, Findings findings)
    {
        foreach (var repeat in Find(chat).Where(repeat => !repeat.IsExcused))
        {
            findings.Add(
                repeat.First.Kind == WorkKind.Tool ? ViolationKind.ToolRepeated : ViolationKind.AnswerRepeated,
                $"The {repeat.Again} repeats the {repeat.First}; no crash, takeover, failure or stop lies between. "
                    + $"{Faults(chat, repeat)}",
                repeat.First.Began,
                repeat.Again.Began);
        }

        foreach (var run in chat.Work.Where(work => work is { Kind: WorkKind.Tool, Key.Length: 0 }))
        {
            findings.Add(ViolationKind.Malformed, $"The {run} had no idempotency key.");
        }
    }

    /// <summary>All repetitions, excused or not.</summary>
    public static IEnumerable<Repeat> Find(RecordedChat chat) =>
        from same in chat.Work.Where(work => work.Key.Length > 0).GroupBy(work => (work.Kind, work.Key))
        let inOrder = same.OrderBy(work => work.Began).ToList()
        from pair in inOrder.Zip(inOrder.Skip(1))
        select new Repeat(pair.First, pair.Second, IsExcused(chat, pair.First, pair.Second));

    private static bool IsExcused(RecordedChat chat, WorkRecord first, WorkRecord again) =>
        chat.Circumstances.Faults.Any(fault => fault.Stops(first.Replica) && fault.Overlaps(first.Began, again.Began))
        || again.Began < chat.Circumstances.PreviousAloneUntil
        || StoodStill(chat.Circumstances, first.Began, again.Began)
        || (first.Kind == WorkKind.Answer && (first.Outcome == WorkOutcome.Failed
            || chat.Actions.Any(action => CanStop(action, first.Began, again.Began))));

    /// <summary>
    /// True if the machine was so busy that a replica may have missed its heartbeats: that is a frozen replica, too.
    /// </summary>
    private static bool StoodStill(Circumstances circumstances, double from, double to) =>
        circumstances.Lulls.Sum(lull => Math.Max(0, Math.Min(
            lull.To, to) - Math.Max(lull.From, from - circumstances.Limits.Lease))) > circumstances.Limits.Lease / 2;

    private static bool CanStop(ActionRecord action, double from, double to) =>
        action.MayBeDone && (action.Action.CanStopTurn || action.Action.Kind == ActionKind.Edit)
        && action.At <= to
        && action.At + action.Seconds + (action.Outcome == ActionOutcome.Unsure ? Lateness : 0) >= from;

    private static string Faults(RecordedChat chat, Repeat repeat)
    {
        var near = chat.Circumstances.Faults.Where(fault => fault.Overlaps(
            repeat.First.Began - Lateness, repeat.Again.Began)).Select(fault => fault.ToString()).ToList();
        return near.Count == 0
            ? "There was no fault."
            : $"Faults meanwhile and shortly before: {string.Join(", ", near)}.";
    }
}
