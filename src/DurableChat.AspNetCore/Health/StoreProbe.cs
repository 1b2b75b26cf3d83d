using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.AspNetCore.Health;

/// <summary>
/// Checks whether the database answers. Concurrent callers share one query. Callers need no authentication, so their
/// checks must not displace other queries. Thread-safe.
/// </summary>
internal sealed class StoreProbe(IChatStore store)
{
    private readonly Lock _gate = new();
    private Task _underWay = Task.CompletedTask;

    /// <summary>Completes when the database has answered.</summary>
    /// <exception cref="ChatStoreException">The database does not answer.</exception>
    public Task AskAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_underWay.IsCompleted)
            {
                // Does not use the caller's token, because others may join the wait.
                _underWay = Task.Run(
                    () => store.LoadAsync(default(ChatId), CancellationToken.None), CancellationToken.None);
            }

            return _underWay.WaitAsync(cancellationToken);
        }
    }
}
