using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Server;

/// <summary>Asks the database whether it answers: however many want to know at a time, once. Nobody need say who they are to ask, so the questions must not crowd out anybody else's. Thread-safe.</summary>
internal sealed class StoreProbe(IChatStore store)
{
    private readonly Lock _gate = new();
    private Task _underWay = Task.CompletedTask;

    /// <summary>Completes when the database has answered.</summary>
    /// <exception cref="ChatStoreException">It does not.</exception>
    public Task AskAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_underWay.IsCompleted)
            {
                // Not the caller's token: others may come to wait for it too.
                _underWay = Task.Run(() => store.LoadAsync(default(ChatId), CancellationToken.None), CancellationToken.None);
            }

            return _underWay.WaitAsync(cancellationToken);
        }
    }
}
