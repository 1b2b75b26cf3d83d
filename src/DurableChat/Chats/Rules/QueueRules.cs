namespace DurableChat.Chats;

internal static class QueueRules
{
    public static Decision Delete(Chat chat, DeleteQueued command, DecisionContext context)
    {
        if (Find(chat, command.QueuedId) is not { } queued)
        {
            return NotFound();
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.Dequeue(queued);
        return draft.Accept();
    }

    public static Decision Promote(Chat chat, PromoteQueued command, DecisionContext context)
    {
        if (SendRules.RefuseIfArchived(chat) is { } archived)
        {
            return archived;
        }

        if (Find(chat, command.QueuedId) is not { } queued)
        {
            return NotFound();
        }

        // Only an urgent head keeps its place: a message sent as an interrupt would run before any other.
        if (chat.Status == ChatStatus.Interrupting && queued.Urgent && chat.Queue[0].Id == queued.Id)
        {
            return new Decision.Unchanged();
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.Next = draft.Next with
        {
            Queue = [queued with { Urgent = true }, .. draft.Next.Queue.Where(other => other.Id != queued.Id)],
        };
        if (chat.NeedsWorker)
        {
            InterruptRules.Stop(draft, command.ClaimBy);
        }
        else
        {
            draft.CancelPendingToolCalls(CancellationReasons.NewMessage);
            draft.EndTurn(command.ClaimBy);
        }

        return draft.Accept();
    }

    private static QueuedMessage? Find(Chat chat, long queuedId) => chat.Queue.FirstOrDefault(queued => queued.Id == queuedId);

    private static Decision.Refused NotFound() =>
        ChatRules.Refuse(RefusalCode.QueuedMessageNotFound, "The queue has no such message.", "queued_id");
}
