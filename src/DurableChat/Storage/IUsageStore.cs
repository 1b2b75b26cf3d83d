using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// What model calls have cost, added up for each owner, day and model. <see cref="IChatStore.CommitAsync"/> writes it:
/// it adds <see cref="Transition.Spent"/> in the transaction of the commit, so that a commit that did not happen adds
/// nothing, and one that is repeated adds nothing a second time.
/// <para><b>Loss.</b> Deleting a chat removes none of it, and nothing expires. A failover that loses a commit loses
/// what that commit added.</para>
/// <para><b>Order.</b> A read that begins after a commit has returned sees what that commit added.</para>
/// Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>.
/// </summary>
public interface IUsageStore
{
    /// <summary>Reads what an owner's model calls have cost. Days on which none was counted are left out.</summary>
    /// <param name="owner">Whose calls; those of others are never among them.</param>
    /// <param name="from">The first day (UTC).</param>
    /// <param name="to">The last day (UTC), included.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One entry for each day and model, by day and then by the ordinal order of the models' names.</returns>
    Task<IReadOnlyList<DailyUsage>> ReadUsageAsync(
        string owner, DateOnly from, DateOnly to, CancellationToken cancellationToken);
}
