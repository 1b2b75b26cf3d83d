using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// Keeps parts of answers in flight, so that they survive the worker that received them. A checkpoint is the rows of
/// one generation.
/// <para>
/// <b>Order.</b> Rows of a generation are returned by their first part number, in whatever order they were written. A
/// row with the same number replaces the earlier one: a write in doubt is repeated.
/// </para>
/// <para>
/// <b>Fencing.</b> A row is written only if its fencing token is that of the chat's stored lease. So a worker that was
/// paused adds nothing to the answer of its successor. A write that runs at the same moment as the commit of a takeover
/// may still be stored: the successor's rows have higher numbers and say after which part they follow.
/// </para>
/// <para>
/// <b>Atomicity.</b> Each row is written or refused by itself. One call is one statement, and costs one durable write
/// however many chats it is for.
/// </para>
/// <para>
/// <b>Loss.</b> The commit that ends the answer removes the rows (<see cref="Transition.RemovesCheckpoint"/>), and so
/// does the deletion of the chat. Rows that were left are removed after <see cref="CheckpointRow.Lifetime"/>. A lost
/// row only shortens the checkpoint.
/// </para>
/// Thread-safe. Infrastructure faults throw <see cref="ChatStoreException"/>. After a fault, a row may have been
/// written.
/// </summary>
public interface ICheckpointStore
{
    /// <summary>Writes rows, at most one for each chat. Returns how many were not refused.</summary>
    Task<int> WriteCheckpointsAsync(IReadOnlyList<CheckpointRow> rows, CancellationToken cancellationToken);

    /// <summary>Reads the checkpoint of a generation. Empty if there is none.</summary>
    Task<IReadOnlyList<string>> ReadCheckpointAsync(ChatId id, long generation, CancellationToken cancellationToken);
}

/// <summary>Parts of one answer in flight.</summary>
/// <param name="Chat">The id of the chat.</param>
/// <param name="Token">The fencing token of the worker.</param>
/// <param name="Generation">The generation of the answer.</param>
/// <param name="FirstSeq">The number of the first part.</param>
/// <param name="Body">The parts. The store does not interpret them.</param>
public sealed record CheckpointRow(ChatId Chat, long Token, long Generation, long FirstSeq, string Body)
{
    /// <summary>How long rows are kept that no commit has removed. Longer than an answer can take.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);
}
