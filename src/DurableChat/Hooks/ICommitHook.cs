namespace DurableChat.Hooks;

/// <summary>
/// Is told of the commits of this replica after they are durable: to index messages, to count tokens, to call a webhook. It cannot break a commit or hold one up.
/// <para>
/// At least once while the process lives: a notice is repeated, after a pause that grows to a minute, until the hook returns without an exception. So the same commit may be told more than once.
/// Several commits of one chat may come as one notice, and notices of one chat come one at a time, in order. A host that stops tells what waits for up to five seconds. A process that is killed
/// loses what it had not told; the next notice of the same chat does not make up for that. A hook that must miss nothing keeps the last message id for each chat where it writes, and reads from there.
/// </para>
/// Called for many chats at once: thread-safe.
/// </summary>
public interface ICommitHook
{
    /// <summary>Tells.</summary>
    /// <param name="notice">What was committed.</param>
    /// <param name="cancellationToken">Cancelled when the host has no more time.</param>
    Task OnCommittedAsync(CommitNotice notice, CancellationToken cancellationToken);
}
