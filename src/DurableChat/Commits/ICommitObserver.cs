using DurableChat.Chats;

namespace DurableChat.Commits;

/// <summary>
/// Is notified of every commit of this replica, after the commit is durable and in the feed. Commits of one chat arrive
/// in order, one at a time. Commits of different chats arrive concurrently. Implementations must return quickly and
/// must not throw. What other replicas commit arrives at an <see cref="INewsObserver"/>.
/// </summary>
internal interface ICommitObserver
{
    /// <summary>A transition was committed.</summary>
    void OnCommitted(Transition transition);

    /// <summary>
    /// A commit or deletion failed with an unknown outcome: it may have happened or may still happen. The feed is
    /// unsynced, and only a load can show the current state. By default nothing happens: there is nothing to pass on
    /// yet.
    /// </summary>
    void OnOutcomeUnknown(ChatId id, string owner)
    {
    }

    /// <summary>A chat was deleted.</summary>
    void OnDeleted(ChatId id, string owner);
}
