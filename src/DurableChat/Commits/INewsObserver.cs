using DurableChat.Chats;

namespace DurableChat.Commits;

/// <summary>
/// Is notified of what other replicas have committed. These notifications arrive in any order, at any time, several
/// times, or not at all. Implementations must return quickly and must not throw. What this replica commits arrives at
/// an <see cref="ICommitObserver"/>.
/// </summary>
internal interface INewsObserver
{
    /// <summary>Another replica has committed this state, which may lack its client tools.</summary>
    void OnNews(Chat chat);

    /// <summary>
    /// Another replica has committed, and its state was lost or too large to send. The feed is unsynced, and only a
    /// load can show the current state.
    /// </summary>
    /// <param name="id">The id of the chat.</param>
    /// <param name="owner">The owner of the chat. Empty if unknown.</param>
    /// <param name="waits">True if the chat waits for a worker.</param>
    void OnDoubt(ChatId id, string owner, bool waits);

    /// <summary>Another replica has deleted a chat.</summary>
    void OnDeleted(ChatId id, string owner);
}
