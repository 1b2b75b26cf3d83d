using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// Every text that was acknowledged is in the history or the queue exactly once, unless an edit or a deletion took it
/// out; one without an answer is there at most once; one that was refused is not there; and nothing is there that
/// nobody sent.
/// </summary>
internal static class TextLaws
{
    public static void Check(RecordedChat chat, Evidence evidence, Findings findings)
    {
        foreach (var action in chat.Actions.Where(action => action.Action.BringsText))
        {
            CheckText(chat, action, evidence, findings);
        }

        foreach (var deletion in chat.Actions.Where(
            action => action.Action.Kind == ActionKind.DeleteQueued && action.IsAcknowledged))
        {
            if (chat.Actions.FirstOrDefault(action => IsQueuedAs(action, deletion.Action.Target)) is { } deleted
                && evidence.WasSeen(deleted.Action.Content!))
            {
                findings.Add(
                    ViolationKind.WrongAnswer,
                    $"Queued message {deletion.Action.Target}, '{deleted.Action.Content}', was deleted and is there "
                        + "all the same.",
                    deleted,
                    deletion);
            }
        }

        var sent = chat.Actions.Where(action => action.Action.BringsText)
            .Select(action => action.Action.Content!)
            .ToHashSet();
        foreach (var text in evidence.Texts.Concat(chat.Final.Queue.Select(queued => queued.Text))
            .Where(text => !sent.Contains(text)))
        {
            findings.Add(ViolationKind.Unknown, $"There is a message '{text}', which nobody sent.");
        }
    }

    private static void CheckText(RecordedChat chat, ActionRecord action, Evidence evidence, Findings findings)
    {
        var text = action.Action.Content!;
        var ids = evidence.IdsOf(text);
        if (ids.Count + (evidence.IsQueued(text) ? 1 : 0) > 1)
        {
            findings.Add(
                ViolationKind.Duplicate,
                $"'{text}' is there more than once: as "
                    + $"{string.Join(", ", ids.Order())}{(evidence.IsQueued(text) ? " and in the queue" : "")}.",
                action);
        }

        if (action.Outcome == ActionOutcome.Refused && evidence.WasSeen(text))
        {
            findings.Add(ViolationKind.WrongAnswer, $"'{text}' was refused and is there all the same.", action);
        }

        if (action.Repetition is { } again && (!again.IsSuccess
            || again.Chat != action.Reply!.Chat
            || again.Version != action.Reply.Version
            || again.MessageId != action.Reply.MessageId
            || again.QueuedId != action.Reply.QueuedId))
        {
            findings.Add(
                ViolationKind.WrongAnswer,
                $"The command was answered with {action.Reply}, its repetition with {again}.",
                action);
        }

        if (!action.IsAcknowledged)
        {
            return;
        }

        var own = OwnId(action);
        if (own > 0 && ids.Any(id => id != own))
        {
            findings.Add(
                ViolationKind.WrongAnswer,
                $"'{text}' was acknowledged as message {own} and is there as {string.Join(", ", ids)}.",
                action);
        }

        if (evidence.StoredIdOf(text) > 0 || evidence.IsQueued(text))
        {
            return;
        }

        var isDeleted = own == 0 && chat.Actions.Any(other => other.Action.Kind == ActionKind.DeleteQueued
            && other.MayBeDone
            && other.Action.Target == action.Reply!.QueuedId);
        if (!isDeleted && !evidence.MayHaveBeenCutOff(own > 0 ? own : ids.FirstOrDefault(), action))
        {
            findings.Add(
                ViolationKind.Lost,
                $"'{text}' was acknowledged and is neither in the history nor in the queue, and no edit or deletion "
                    + "took it out.",
                action);
        }
    }

    /// <summary>The message that a text became at once; 0 if it was queued.</summary>
    public static long OwnId(ActionRecord action) =>
        action is { IsAcknowledged: true, Action.BringsText: true, Reply: { QueuedId: 0 } reply } ? reply.MessageId : 0;

    private static bool IsQueuedAs(ActionRecord action, long queuedId) =>
        action is { IsAcknowledged: true, Action.Kind: ActionKind.Send } && action.Reply!.QueuedId == queuedId;
}
