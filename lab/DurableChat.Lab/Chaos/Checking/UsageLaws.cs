using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Mock;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// What a chat has spent is what the model reported for its answers, each once. Only what died with a process may be
/// missing: the cost of an answer whose replica was killed or stopped before it
/// can have stored it, and one that the server cannot be proved to have read. No two answers cost the same, so that
/// what is missing can be told from what is counted twice.
/// </summary>
internal static class UsageLaws
{
    /// <summary>
    /// How long after its end the cost of an answer is stored at the latest, in seconds, if nothing hinders it.
    /// </summary>
    private const double Storing = 10;

    /// <summary>How much later a commit is tried again than the database is back, at the most.</summary>
    private const double LongestPause = 15;

    /// <summary>More answers than that are not tried in all combinations.</summary>
    private const int MaxCombined = 20;

    /// <summary>Finds what is wrong with one chat.</summary>
    public static void Check(RecordedChat chat, Findings findings)
    {
        var (certain, possible) = Split(chat);
        var required = Cost.Sum(certain.Select(CostOf));
        var rest = chat.Final.Usage - required;
        if (!CanBe(rest, [.. possible.Select(CostOf)]))
        {
            findings.Add(
                ViolationKind.Miscounted,
                $"The chat counts {chat.Final.Usage}, but the model reported {required} for {certain.Count} answers, "
                    + $"and for {possible.Count} more that may be lost {Cost.Sum(possible.Select(CostOf))}."
                    + $"{Blame(rest, certain)}");
        }

        var reported = chat.Work.Where(HasCost).GroupBy(CostOf).ToDictionary(same => same.Key, same => same.Count());
        foreach (var message in chat.Stored.Where(message => message.Usage != default))
        {
            var cost = new Cost(message.Usage.Input, message.Usage.Output);
            if (!reported.TryGetValue(cost, out var left) || left == 0)
            {
                findings.Add(
                    ViolationKind.Miscounted,
                    $"Message {message.Id} cost {cost}, but "
                        + $"{(left == 0 && reported.ContainsKey(cost) ? "another message cost the same" : "no answer did")}.");
            }

            reported[cost] = left - 1;
        }
    }

    /// <summary>The answers whose cost must be counted, and those whose cost may be lost.</summary>
    public static (IReadOnlyList<WorkRecord> Certain, IReadOnlyList<WorkRecord> Possible) Split(RecordedChat chat)
    {
        var answers = chat.Work.Where(HasCost).ToLookup(answer => IsCertain(chat, answer));
        return ([.. answers[true]], [.. answers[false]]);
    }

    /// <summary>What an answer costs.</summary>
    public static Cost CostOf(WorkRecord answer) => new(answer.InputTokens, answer.OutputTokens);

    /// <summary>True if some of the costs add up to a sum.</summary>
    internal static bool CanBe(Cost sum, IReadOnlyList<Cost> costs)
    {
        if (costs.Count > MaxCombined)
        {
            return sum.Input >= 0
                && sum.Output >= 0
                && sum.Input <= costs.Sum(cost => cost.Input)
                && sum.Output <= costs.Sum(cost => cost.Output);
        }

        var sums = new HashSet<Cost> { default };
        foreach (var cost in costs)
        {
            sums.UnionWith([.. sums.Select(before => before + cost)]);
        }

        return sums.Contains(sum);
    }

    private static bool HasCost(WorkRecord work) =>
        work.Kind == WorkKind.Answer && work.InputTokens + work.OutputTokens > 0;

    private static bool IsCertain(RecordedChat chat, WorkRecord answer)
    {
        var from = answer.Began;
        var until = StoredAt(chat.Circumstances, answer);
        var faults = chat.Circumstances.Faults.Where(fault => fault.Stops(answer.Replica)
            && fault.Overlaps(from, until)).ToList();
        return answer.IsCostTaken
            ? faults.TrueForAll(
                fault => fault.Kind is not (ChaosFault.Kill or ChaosFault.Rolling or ChaosFault.Upgrade))
            : answer.Outcome == WorkOutcome.Completed
                && faults.Count == 0
                && !StoodStill(chat.Circumstances, from, until)
                && !chat.Actions.Any(action => CanEnd(action, from, until));
    }

    /// <summary>True if the machine was so busy that a replica may have lost a lease.</summary>
    private static bool StoodStill(Circumstances circumstances, double from, double to) =>
        circumstances.Lulls.Where(lull => lull.From <= to && lull.To >= from)
            .Sum(lull => lull.To - lull.From) > circumstances.Limits.Lease / 2;

    /// <summary>
    /// The time by which what an answer cost is stored: later if its replica or the database stood still meanwhile.
    /// </summary>
    private static double StoredAt(Circumstances circumstances, WorkRecord answer)
    {
        var ended = answer.Ended ?? answer.LastSeen;
        var at = ended + Storing;
        foreach (var fault in circumstances.Faults.OrderBy(fault => fault.Began).Where(fault => fault.IsStall
            || fault.Kind is ChaosFault.Slow
            || (fault.Kind == ChaosFault.Pause && fault.Stops(answer.Replica))))
        {
            at = fault.Overlaps(answer.Began, at) ? Math.Max(at, fault.Ended + LongestPause + Storing) : at;
        }

        return at
            + circumstances.Lulls.Where(lull => lull.From <= at && lull.To >= ended).Sum(lull => lull.To - lull.From);
    }

    private static bool CanEnd(ActionRecord action, double from, double to) =>
        action.MayBeDone
            && (action.Action.CanStopTurn || action.Action.Kind == ActionKind.Edit)
            && action.At <= to
            && action.At + action.Seconds >= from;

    private static string Blame(Cost rest, IReadOnlyList<WorkRecord> certain) =>
        certain.FirstOrDefault(answer => rest
            + CostOf(answer) == default) is { } missing ? $" The {missing} is missing."
        : certain.FirstOrDefault(answer => CostOf(answer) == rest) is { } twice ? $" The {twice} is counted twice."
        : "";
}
