using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// Where chats live. It holds no rule about chats: it writes transitions and reads them back.
/// <para><b>Atomicity.</b> A transition is written as a whole or not at all, in one transaction and one round trip, and no lock outlives the call.</para>
/// <para><b>Durability.</b> When <see cref="CommitAsync"/> returns <see cref="CommitResult.Committed"/>, the transition survives the end of every process.</para>
/// <para><b>Order.</b> Commits to one chat are totally ordered by version. Each read sees one committed version; a read that begins after a commit has
/// returned sees that commit or a later one.</para>
/// <para><b>In doubt.</b> A commit that throws may or may not have happened. Check the stored version and its commit id.</para>
/// <para><b>Loss.</b> A failover may lose commits and give their versions to others. So a version counts only together with the id of its commit.</para>
/// <para>Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>; everything expected is a value.</para>
/// </summary>
public interface IChatStore
{
    /// <summary>Reads a chat's state; null if there is no such chat.</summary>
    Task<Chat?> LoadAsync(ChatId id, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a transition if the stored version is <see cref="Transition.ExpectedVersion"/>, made by <see cref="Transition.ExpectedCommitId"/>, and, where it names one, the stored lease has its
    /// fencing token. It must have a commit id of its own. A new chat (expected version 0) must not exist yet, and its owner must have room for it. With an idempotency record whose key is already
    /// stored for the chat nothing is written. What the transition spends (<see cref="Transition.Spent"/>) is added to
    /// the owner's usage in the same transaction: see <see cref="IUsageStore"/>.
    /// </summary>
    Task<CommitResult> CommitAsync(Transition transition, IdempotencyRecord? idempotency, CancellationToken cancellationToken);

    /// <summary>Reads messages, and the version they belong to, in one snapshot; null if there is no such chat.</summary>
    Task<MessagePage?> ReadMessagesAsync(ChatId id, MessageQuery query, CancellationToken cancellationToken);

    /// <summary>Reads an owner's chats, those changed last first.</summary>
    Task<IReadOnlyList<ChatSummary>> ListAsync(string owner, ChatListQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a chat; false if there is no such chat. From then on it is gone for every reader, and its id is not used again for <see cref="Gravestones.Lifetime"/>. What belongs to it is removed in
    /// slices, of which this call removes the first; the rest is for <see cref="IRetentionStore.RemoveRemainsAsync"/>.
    /// </summary>
    Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken);

    /// <summary>Reads what an earlier request with this key did; null if there was none, or it is older than <see cref="IdempotencyRecord.Lifetime"/>.</summary>
    Task<IdempotencyRecord?> FindIdempotencyRecordAsync(ChatId id, string key, CancellationToken cancellationToken);

    /// <summary>Of the chats given with the versions known of them, finds those whose stored version is another, or was made by another commit, or that are gone; one query for all.</summary>
    Task<IReadOnlyList<ChangedChat>> FindChangedAsync(IReadOnlyList<KnownChat> known, CancellationToken cancellationToken);
}
