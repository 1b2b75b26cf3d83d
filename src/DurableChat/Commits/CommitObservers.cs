using System.Collections.Immutable;
using DurableChat.Chats;

namespace DurableChat.Commits;

/// <summary>
/// Passes this replica's commits on to its observers. The committer cannot name them, because some of them commit
/// themselves. So each observer adds itself when the host creates it, which is before the host starts. Thread-safe.
/// </summary>
internal sealed class CommitObservers : ICommitObserver
{
    private ImmutableArray<ICommitObserver> _all = [];

    /// <summary>Adds an observer. It is notified of commits from now on.</summary>
    public void Add(ICommitObserver observer) =>
        ImmutableInterlocked.Update(ref _all, static (all, added) => all.Add(added), observer);

    /// <inheritdoc/>
    public void OnCommitted(Transition transition)
    {
        foreach (var observer in _all)
        {
            observer.OnCommitted(transition);
        }
    }

    /// <inheritdoc/>
    public void OnOutcomeUnknown(ChatId id, string owner)
    {
        foreach (var observer in _all)
        {
            observer.OnOutcomeUnknown(id, owner);
        }
    }

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner)
    {
        foreach (var observer in _all)
        {
            observer.OnDeleted(id, owner);
        }
    }
}
