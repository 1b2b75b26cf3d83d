using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// The cost of model calls, summed for each owner, day and model. <see cref="IChatStore.CommitAsync"/> writes it: it
/// adds <see cref="Transition.Spent"/> in the transaction of the commit. So a commit that did not happen adds nothing,
/// and a repeated commit does not add it again.
/// <para><b>Loss.</b> Deleting a chat does not reduce the sums, and nothing expires. A failover that loses a commit
/// loses what that commit added.</para>
/// <para><b>Order.</b> A read that begins after a commit has returned sees what that commit added.</para>
/// Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>.
/// </summary>
public interface IUsageStore
{
    /// <summary>Reads the cost of an owner's model calls. Days without calls are omitted.</summary>
    /// <param name="owner">The owner. Calls of other owners are never included.</param>
    /// <param name="from">The first day (UTC).</param>
    /// <param name="to">The last day (UTC), inclusive.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>One entry for each day and model, ordered by day and then by model name (ordinal).</returns>
    Task<IReadOnlyList<DailyUsage>> ReadUsageAsync(
        string owner, DateOnly from, DateOnly to, CancellationToken cancellationToken);
}
