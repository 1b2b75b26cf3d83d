using System.Text;

namespace DurableChat.Chats;

internal static class SendRules
{
    public static Decision Send(Chat chat, SendMessage command, DecisionContext context)
    {
        Decision? refused = InputRules.CheckContent(command.Content, context.Limits) ?? RefuseIfArchived(chat);
        if (refused is not null)
        {
            return refused;
        }

        var interrupt = command.BusyBehavior == BusyBehavior.Interrupt;
        return chat.Status switch
        {
            ChatStatus.Waiting or ChatStatus.Error => RunNext(chat, command, context),
            ChatStatus.RequiresAction when interrupt || command.CancelsToolCalls => RunNext(chat, command, context),
            ChatStatus.Running or ChatStatus.Interrupting or ChatStatus.RequiresAction => Enqueue(chat, command, interrupt, context),
            _ => throw new ArgumentOutOfRangeException(nameof(chat), chat.Status, "Unknown status."),
        };
    }

    internal static Decision.Refused? RefuseIfArchived(Chat chat) =>
        chat.Archived ? ChatRules.Refuse(RefusalCode.ChatArchived, "The chat is archived. Unarchive it first.") : null;

    private static Decision RunNext(Chat chat, SendMessage command, DecisionContext context)
    {
        var draft = new TransitionDraft(chat, context.Now);
        draft.CancelPendingToolCalls(CancellationReasons.NewMessage);
        if (chat.Queue.Count == 0)
        {
            draft.AppendUser(command.Content, command.Model, command.Settings);
            draft.StartTurn(command.ClaimBy);
            return draft.Accept();
        }

        // After a failed turn, or while client-side tools are pending, messages may be queued. Earlier messages of the
        // same urgency run before this one.
        if (RefuseIfFull(chat, context, leaving: 1) is { } refused)
        {
            return refused;
        }

        draft.Enqueue(command, command.BusyBehavior == BusyBehavior.Interrupt);
        draft.EndTurn(command.ClaimBy);
        return (Decision?)RefuseIfTooLarge(chat, draft.Next, context) ?? draft.Accept();
    }

    private static Decision Enqueue(Chat chat, SendMessage command, bool interrupt, DecisionContext context)
    {
        if (RefuseIfFull(chat, context, leaving: 0) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.Enqueue(command, urgent: interrupt);
        if (RefuseIfTooLarge(chat, draft.Next, context) is { } tooLarge)
        {
            return tooLarge;
        }

        if (interrupt)
        {
            InterruptRules.Stop(draft, command.ClaimBy);
        }

        return draft.Accept();
    }

    private static Decision.Refused? RefuseIfFull(Chat chat, DecisionContext context, int leaving) =>
        chat.Queue.Count + 1 - leaving > context.Limits.MaxQueue
            ? ChatRules.Refuse(RefusalCode.QueueFull, $"The queue already holds {chat.Queue.Count} messages, the most it may.")
            : null;

    /// <summary>If the limit was lowered, a queue that is now too large may still shrink.</summary>
    private static Decision.Refused? RefuseIfTooLarge(Chat before, Chat after, DecisionContext context)
    {
        var bytes = BytesOf(after.Queue);
        return after.Queue.Count > 1 && bytes > context.Limits.MaxQueueBytes && bytes > BytesOf(before.Queue)
            ? ChatRules.Refuse(
                RefusalCode.QueueFull, $"With this message the queue would hold {bytes} bytes; it may hold {context.Limits.MaxQueueBytes}. Send it when those before it have run.", "content")
            : null;
    }

    private static long BytesOf(IReadOnlyList<QueuedMessage> queue) =>
        queue.Sum(queued => Encoding.UTF8.GetByteCount(queued.Content) + GenerationSettings.SizeOf(queued.Settings));
}
