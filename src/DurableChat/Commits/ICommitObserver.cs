using DurableChat.Chats;

namespace DurableChat.Commits;

/// <summary>
/// Is notified of every commit of this replica, after the commit is durable and in the feed. Commits of one chat arrive
/// in order, one at a time. Commits of different chats arrive concurrently. Implementations must return quickly and
/// must not throw.
/// </summary>
public interface ICommitObserver
{
    /// <summary>A transition was committed.</summary>
    void OnCommitted(Transition transition);

    /// <summary>
    /// Another replica has committed this state, which may lack its client tools. These notifications arrive in any
    /// order, at any time, or not at all.
    /// </summary>
    void OnNews(Chat chat);

    /// <summary>
    /// The stored state may be newer than anything published here, and the feed is unsynced. Only a load can show the
    /// current state.
    /// </summary>
    /// <param name="id">The id of the chat.</param>
    /// <param name="owner">The owner of the chat. Empty if unknown.</param>
    /// <param name="isOwn">
    /// True if a commit or deletion of this replica failed with an unknown outcome: it may have happened or may still
    /// happen. False if another replica has committed, and its state was lost or too large to send.
    /// </param>
    void OnDoubt(ChatId id, string owner, bool isOwn);

    /// <summary>
    /// Another replica has committed a chat that waits for a worker, and the state was too large to send.
    /// </summary>
    void OnWorkWaits()
    {
    }

    /// <summary>A chat was deleted, by this or another replica.</summary>
    void OnDeleted(ChatId id, string owner);
}
