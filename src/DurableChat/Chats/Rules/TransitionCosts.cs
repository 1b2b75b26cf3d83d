namespace DurableChat.Chats;

/// <summary>
/// Counts what a transition adds to the cost of a chat. Each model call counts once, whichever commit ends it. Not
/// thread-safe. Used for one decision.
/// </summary>
/// <param name="before">The chat before the transition.</param>
internal sealed class TransitionCosts(Chat before)
{
    /// <summary>The cost that the transition counts. Null for none.</summary>
    public Spending? Spent { get; private set; }

    /// <summary>
    /// Counts the cost of the model call that the transition ends, unless an earlier commit has counted it.
    /// </summary>
    public Chat Spend(Chat next, TokenUsage? usage) =>
        usage is null || before.IsCallCounted ? next : Add(next, new Spending(before.AnsweringModel, usage));

    /// <summary>Counts the cost of a model call whose worker lost its lease.</summary>
    public Chat Settle(Chat next, RecordSpending command) => Add(
        next with
        {
            UncountedGenerations = [.. next.UncountedGenerations.Where(generation => generation != command.Generation)],
        },
        new Spending(command.Model, command.Usage));

    /// <summary>A takeover does not know what the previous worker has spent. That worker may report it later.</summary>
    /// <param name="next">The state that the transition makes.</param>
    /// <param name="isOfWorker">True if the transition comes from the worker that holds the lease.</param>
    public Chat WithAbandoned(Chat next, bool isOfWorker) =>
        !isOfWorker
        && before is { NeedsWorker: true, Lease: { IsHandedOver: false } lease, IsCallCounted: false }
        && next.Lease?.Token != lease.Token
        && !next.UncountedGenerations.Contains(before.Generation)
            ? next with
            {
                UncountedGenerations =
                [
                    .. next.UncountedGenerations.TakeLast(Chat.MaxUncounted - 1),
                    before.Generation,
                ],
            }
            : next;

    private Chat Add(Chat next, Spending spending)
    {
        Spent = spending with { Usage = TokenUsage.Add(Spent?.Usage, spending.Usage)! };
        return next with { Usage = TokenUsage.Add(next.Usage, spending.Usage) };
    }
}
