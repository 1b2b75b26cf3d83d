using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// Stores chats. It contains no rules about chats: it writes transitions and reads them back.
/// <para>
/// <b>Atomicity.</b> A transition is written as a whole or not at all, in one transaction and one round trip, and no
/// lock outlives the call.
/// </para>
/// <para>
/// <b>Durability.</b> When <see cref="CommitAsync"/> returns <see cref="CommitResult.Committed"/>, the transition
/// survives the end of every process.
/// </para>
/// <para><b>Order.</b> Commits to one chat are totally ordered by version. Each read sees one committed version; a read
/// that begins after a commit has returned sees that commit or a later one.</para>
/// <para>
/// <b>In doubt.</b> A commit that throws may or may not have happened. Check the stored version and its commit id.
/// </para>
/// <para>
/// <b>Loss.</b> A failover may lose commits and give their versions to others. So a version counts only together with
/// the id of its commit.
/// </para>
/// <para>
/// Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>. Expected outcomes are return values.
/// </para>
/// </summary>
public interface IChatStore
{
    /// <summary>
    /// True if other processes can commit to this store, so that a state in memory may be outdated. A store that only
    /// this process can write to returns false, and saves a load before each refused command.
    /// </summary>
    bool IsShared => true;

    /// <summary>Reads a chat's state. Null if the chat does not exist.</summary>
    Task<Chat?> LoadAsync(ChatId id, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a transition. The stored version must be <see cref="Transition.ExpectedVersion"/>, made by
    /// <see cref="Transition.ExpectedCommitId"/>. If the transition names a fencing token, the stored lease must have
    /// it. The transition must have a commit id of its own. A new chat (expected version 0) must not exist yet, and its
    /// owner must be below the limit on chats. Nothing is written if the key of the idempotency record is already
    /// stored for the chat. The cost of the transition (<see cref="Transition.Spent"/>) is added to the owner's usage
    /// in the same transaction: see <see cref="IUsageStore"/>.
    /// </summary>
    Task<CommitResult> CommitAsync(
        Transition transition,
        IdempotencyRecord? idempotency,
        CancellationToken cancellationToken);

    /// <summary>
    /// Reads messages and the version they belong to, in one snapshot. Null if the chat does not exist.
    /// </summary>
    Task<MessagePage?> ReadMessagesAsync(ChatId id, MessageQuery query, CancellationToken cancellationToken);

    /// <summary>Lists an owner's chats, most recently changed first.</summary>
    Task<IReadOnlyList<ChatSummary>> ListAsync(string owner, ChatListQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a chat. False if the chat does not exist. From then on no reader finds the chat, and its id is not used
    /// again for <see cref="Gravestones.Lifetime"/>. Its data is removed in slices. This call removes the first, and
    /// <see cref="IRetentionStore.RemoveRemainsAsync"/> removes the rest.
    /// </summary>
    Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the record of an earlier request with this key. Null if there was none, or if it is older than
    /// <see cref="IdempotencyRecord.Lifetime"/>.
    /// </summary>
    Task<IdempotencyRecord?> FindIdempotencyRecordAsync(ChatId id, string key, CancellationToken cancellationToken);

    /// <summary>
    /// Compares the given chats with the store in one query. Returns those whose stored version or commit id differs,
    /// and those that are gone.
    /// </summary>
    Task<IReadOnlyList<ChangedChat>> FindChangedAsync(
        IReadOnlyList<KnownChat> known,
        CancellationToken cancellationToken);
}
