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

    /// <summary>Another replica has committed this state. Such news come in any order, at any time, or not at all.</summary>
    void OnNews(Chat chat);

    /// <summary>Another replica has committed to a chat, and what it made has not come here: it was lost, or was too large. The feed is unsynced. The stored state tells.</summary>
    void OnMissed(ChatId id, string owner);

    /// <summary>A commit or a deletion failed in such a way that it may have happened or not; the feed is unsynced. The stored state tells.</summary>
    void OnInDoubt(ChatId id, string owner);

    /// <summary>A chat has been deleted, here or by another replica.</summary>
    void OnDeleted(ChatId id, string owner);
}
