namespace DurableChat.Chats;

/// <summary>
/// All rules for statuses, the queue, edits, interrupts and leases, as pure functions of the chat's state and a
/// command. No I/O, no clock, no randomness: equal arguments give equal decisions. Thread-safe.
/// </summary>
public static class ChatRules
{
    /// <summary>Decides on the creation of a chat.</summary>
    public static Decision Decide(CreateChat command, DecisionContext context)
    {
        ArgumentNullException.ThrowIfNull(command);
        return CreateRules.Create(command, context);
    }

    /// <summary>Decides on a command for an existing chat.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The command has an unknown type.</exception>
    public static Decision Decide(Chat chat, ChatCommand command, DecisionContext context)
    {
        ArgumentNullException.ThrowIfNull(chat);
        if (chat.Status == ChatStatus.Unknown)
        {
            // Any change by this version would lose what the later version has stored.
            return Refuse(RefusalCode.WrongStatus,
                "The chat is in a state that only a later version of the server knows. It can be read here, "
                + "and changed by that version.");
        }

        return command switch
        {
            SendMessage send => SendRules.Send(chat, send, context),
            EditMessage edit => EditRules.Edit(chat, edit, context),
            DeleteQueued delete => QueueRules.Delete(chat, delete, context),
            PromoteQueued promote => QueueRules.Promote(chat, promote, context),
            Interrupt interrupt => InterruptRules.Interrupt(chat, interrupt, context),
            SubmitToolResults submit => ToolRules.Submit(chat, submit, context),
            UpdateChat update => UpdateRules.Update(chat, update, context),
            AcquireLease acquire => LeaseRules.Acquire(chat, acquire, context),
            ReleaseLease release => LeaseRules.Release(chat, release, context),
            RecordAttempt attempt => AttemptRules.RecordAttempt(chat, attempt, context),
            RecordSpending spending => AttemptRules.RecordSpending(chat, spending, context),
            RecordRetry retry => AttemptRules.RecordRetry(chat, retry, context),
            CommitStep step => StepRules.CommitStep(chat, step, context),
            EnterRequiresAction enter => StepRules.EnterRequiresAction(chat, enter, context),
            FinishTurn finish => FinishRules.FinishTurn(chat, finish, context),
            FinishInterruption finish => FinishRules.FinishInterruption(chat, finish, context),
            FailTurn fail => FinishRules.Fail(chat, fail, context),
            ImpossibleCommand impossible => new Decision.Refused(impossible.Refusal),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown command."),
        };
    }

    /// <summary>A transition that changes only the version, for a commit that only stores an idempotency key.</summary>
    internal static Transition ChangeNothing(Chat chat, DecisionContext context) => new TransitionDraft(chat, context.Now).Accept().Transition;

    internal static Decision.Refused Refuse(RefusalCode code, string message, string? field = null) => new(new Refusal(code, message, field));
}
