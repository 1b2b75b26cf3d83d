using DurableChat.Chats;

namespace DurableChat.Commits;

/// <summary>
/// Is told of every commit of this replica, after it is durable and in the feed. Commits of one chat come in order, one at a time; those of different chats
/// at the same time. Must return quickly and must not throw.
/// </summary>
public interface ICommitObserver
{
    /// <summary>A transition has been committed.</summary>
    void OnCommitted(Transition transition);

    /// <summary>Another replica has committed this state, which may lack its client tools. Such news come in any order, at any time, or not at all.</summary>
    void OnNews(Chat chat);

    /// <summary>
    /// The stored state may be newer than anything that was published here, and the feed is unsynced: only a load can show what the chat has become.
    /// </summary>
    /// <param name="id">Which chat.</param>
    /// <param name="owner">Whose chat; empty if that is not known.</param>
    /// <param name="isOwn">
    /// True if a commit or a deletion of this replica failed in such a way that it may have happened or not, or may still happen. False if another replica has committed, and what it made was lost or
    /// was too large to be sent.
    /// </param>
    void OnDoubt(ChatId id, string owner, bool isOwn);

    /// <summary>Another replica has committed a chat that waits for a worker, and the state was too large to be sent.</summary>
    void OnWorkWaits()
    {
    }

    /// <summary>A chat has been deleted, here or by another replica.</summary>
    void OnDeleted(ChatId id, string owner);
}
