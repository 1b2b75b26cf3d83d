using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// Commands take effect one after the other, in an order that agrees with real time: what was acknowledged before
/// another was sent comes first. The order is that of the versions that the answers name; message ids and the queue
/// must tell the same.
/// </summary>
internal static class OrderLaws
{
    public static void Check(RecordedChat chat, Evidence evidence, Findings findings)
    {
        var done = chat.Actions.Where(action => action.IsAcknowledged).ToList();
        foreach (var same in done.Where(AlwaysCommits)
            .GroupBy(action => action.Reply!.Version)
            .Where(group => group.Count() > 1))
        {
            findings.Add(ViolationKind.WrongAnswer, $"Several commands made version {same.Key}.", [.. same]);
        }

        foreach (var later in done)
        {
            // The nearest violated neighbour says it all; the others would say it again.
            if (done.LastOrDefault(earlier => earlier.IsBefore(later) && !Precedes(earlier, later)) is { } earlier)
            {
                findings.Add(
                    ViolationKind.RealTime,
                    $"'{earlier.Action}' made version {earlier.Reply!.Version} and was acknowledged before '"
                        + $"{later.Action}' was sent, which made version {later.Reply!.Version}.",
                    earlier,
                    later);
            }
        }

        var direct = done.Where(action => TextLaws.OwnId(action) > 0).OrderBy(action => action.Reply!.Version).ToList();
        foreach (var (earlier, later) in direct.Zip(direct.Skip(1))
            .Where(pair => TextLaws.OwnId(pair.First) >= TextLaws.OwnId(pair.Second)))
        {
            findings.Add(
                ViolationKind.OutOfOrder,
                $"'{earlier.Action}' came before '{later.Action}' and has the higher message id.",
                earlier,
                later);
        }

        CheckQueue(chat, evidence, findings);
    }

    private static bool AlwaysCommits(ActionRecord action) =>
        action.Action.Kind is not (ActionKind.Interrupt or ActionKind.Promote or ActionKind.Archive);

    private static bool Precedes(ActionRecord earlier, ActionRecord later) =>
        AlwaysCommits(later)
            ? earlier.Reply!.Version < later.Reply!.Version
            : earlier.Reply!.Version <= later.Reply!.Version;

    /// <summary>Messages that wait without haste run in the order in which they were queued.</summary>
    private static void CheckQueue(RecordedChat chat, Evidence evidence, Findings findings)
    {
        var promoted = chat.Actions.Where(action => action.Action.Kind == ActionKind.Promote && action.MayBeDone)
            .Select(action => action.Action.Target)
            .ToHashSet();
        var patient = chat.Actions
            .Where(action => action is { IsAcknowledged: true, Action: { Kind: ActionKind.Send, Flag: false } }
                && action.Reply!.QueuedId > 0
                && !promoted.Contains(action.Reply.QueuedId))
            .OrderBy(action => action.Reply!.QueuedId)
            .Select(action => (Action: action, Place: evidence.IsQueued(action.Action.Content!)
                ? long.MaxValue
                : evidence.IdsOf(action.Action.Content!).FirstOrDefault()))
            .Where(entry => entry.Place > 0)
            .ToList();
        foreach (var (earlier, later) in patient.Zip(patient.Skip(1))
            .Where(pair => pair.First.Place > pair.Second.Place))
        {
            findings.Add(
                ViolationKind.OutOfOrder,
                $"'{later.Action.Action}' was queued behind '{earlier.Action.Action}' and ran before it.",
                earlier.Action,
                later.Action);
        }
    }
}
