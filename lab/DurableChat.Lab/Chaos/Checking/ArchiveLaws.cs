using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// What was put away refuses new messages until it is taken out again, as every acknowledged command agrees; and at the
/// end it is as the last of them wanted.
/// </summary>
internal static class ArchiveLaws
{
    private const string Refusal = "chat_archived";

    public static void Check(RecordedChat chat, Findings findings)
    {
        var changes = chat.Actions.Where(action => action.Action.Kind == ActionKind.Archive && action.MayBeDone)
            .ToList();
        foreach (var action in chat.Actions)
        {
            var wasRefused = action is { Outcome: ActionOutcome.Refused, Reply.Code: Refusal };
            var needsOpen = action is
            {
                IsAcknowledged: true, Action.Kind: ActionKind.Send or ActionKind.Edit
                or ActionKind.Promote or ActionKind.SubmitResults
            };
            if ((wasRefused || needsOpen) && !CanBe(changes, wasRefused, action))
            {
                findings.Add(
                    ViolationKind.RealTime,
                    $"'{action.Action}' was "
                        + $"{(wasRefused ? "refused as if the chat were archived" : "done as if the chat were not archived")}, which no order of the commands allows.",
                    [.. changes.TakeLast(3), action]);
            }
        }

        if (!CanBe(changes, chat.Final.IsArchived, null))
        {
            findings.Add(
                ViolationKind.Lost,
                $"At the end the chat is{(chat.Final.IsArchived ? "" : " not")} archived, which no acknowledged "
                    + $"command wanted last: {chat.Final}.",
                [.. changes.TakeLast(3)]);
        }
    }

    /// <summary>
    /// True if the chat can have been archived, or not, at some time while a command was under way; without one, at the
    /// end.
    /// </summary>
    private static bool CanBe(List<ActionRecord> changes, bool isArchived, ActionRecord? during)
    {
        var before = changes.Where(change => during is null || !during.IsBefore(change)).ToList();

        // Nothing need have changed it, so it may be as it was created, unless a change to the contrary was certainly
        // done.
        var isAsCreated = !isArchived && !before.Exists(change => change.Action.Flag && IsSettled(change, during));
        return isAsCreated || before.Exists(change => change.Action.Flag == isArchived
            && !before.Exists(
                other => other.Action.Flag != isArchived && IsSettled(other, during) && IsSettled(change, other)));
    }

    /// <summary>
    /// True if it certainly took effect for the last time before another command was sent: it was acknowledged, and no
    /// earlier attempt can still be on its way.
    /// </summary>
    private static bool IsSettled(ActionRecord change, ActionRecord? before) =>
        change is { IsAcknowledged: true, Attempts: 1 } && (before is null || change.IsBefore(before));
}
