namespace DurableChat.Hooks;

/// <summary>
/// Is notified of this replica's commits after they are durable, for example to index messages, count tokens or call a
/// webhook. It cannot break or delay a commit.
/// <para>
/// Delivery is at least once while the process lives. A notice is retried, after a pause that grows to a minute, until
/// the hook returns without an exception. So a hook can see the same commit more than once.
/// </para>
/// <para>
/// Several commits of one chat may be merged into one notice. Notices of one chat arrive one at a time, in order. A
/// host that stops delivers waiting notices for up to five seconds. A process that is killed loses undelivered notices,
/// and the next notice of the same chat does not make up for them. A hook that must not miss anything stores the last
/// message id of each chat together with its own data, and reads from there.
/// </para>
/// Called for many chats concurrently: implementations must be thread-safe.
/// </summary>
public interface ICommitHook
{
    /// <summary>Handles a notice.</summary>
    /// <param name="notice">What was committed.</param>
    /// <param name="cancellationToken">Cancelled when the host must stop waiting.</param>
    Task OnCommittedAsync(CommitNotice notice, CancellationToken cancellationToken);
}
