using DurableChat.Chats;
using DurableChat.Sqlite;
using DurableChat.Storage;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>One replica's way to the database that all share. Thread-safe.</summary>
internal sealed class PoweredStore(
    SqliteChatStore store,
    ReplicaPower power,
    StoreWeather weather) : IChatStore, ILeaseStore
{
    public Task<Chat?> LoadAsync(ChatId id, CancellationToken cancellationToken) =>
        ReadAsync(() => store.LoadAsync(id, cancellationToken));

    public Task<CommitResult> CommitAsync(
        Transition transition,
        IdempotencyRecord? idempotency,
        CancellationToken cancellationToken) =>
        CallAsync(StoreCall.Commit, () => store.CommitAsync(transition, idempotency, cancellationToken));

    public Task<MessagePage?> ReadMessagesAsync(ChatId id, MessageQuery query, CancellationToken cancellationToken) =>
        ReadAsync(() => store.ReadMessagesAsync(id, query, cancellationToken));

    public Task<IReadOnlyList<ChatSummary>> ListAsync(
        string owner,
        ChatListQuery query,
        CancellationToken cancellationToken) =>
        ReadAsync(() => store.ListAsync(owner, query, cancellationToken));

    public Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken) =>
        WriteAsync(() => store.DeleteAsync(id, cancellationToken));

    public Task<IdempotencyRecord?> FindIdempotencyRecordAsync(
        ChatId id,
        string key,
        CancellationToken cancellationToken) =>
        ReadAsync(() => store.FindIdempotencyRecordAsync(id, key, cancellationToken));

    public Task<IReadOnlyList<ChangedChat>> FindChangedAsync(
        IReadOnlyList<KnownChat> known,
        CancellationToken cancellationToken) =>
        ReadAsync(() => store.FindChangedAsync(known, cancellationToken));

    public Task HeartbeatAsync(
        string replica,
        string? address,
        TimeSpan leaseDuration,
        CancellationToken cancellationToken) =>
        WriteAsync(async () =>
        {
            await store.HeartbeatAsync(replica, address, leaseDuration, cancellationToken);
            return true;
        });

    public Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken) =>
        ReadAsync(() => store.FindAddressAsync(replica, cancellationToken));

    public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken) =>
        ReadAsync(() => store.ListReplicasAsync(limit, cancellationToken));

    public Task RetireAsync(string replica, CancellationToken cancellationToken) =>
        WriteAsync(async () =>
        {
            await store.RetireAsync(replica, cancellationToken);
            return true;
        });

    public Task<IReadOnlyList<HeldLease>> ListLeasesAsync(string replica, CancellationToken cancellationToken) =>
        ReadAsync(() => store.ListLeasesAsync(replica, cancellationToken));

    public Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(
        ClaimQuery query,
        CancellationToken cancellationToken) =>
        ReadAsync(() => store.FindClaimableAsync(query, cancellationToken));

    private Task<T> ReadAsync<T>(Func<Task<T>> call) => CallAsync(StoreCall.Read, call);

    private Task<T> WriteAsync<T>(Func<Task<T>> call) => CallAsync(StoreCall.Write, call);

    private async Task<T> CallAsync<T>(StoreCall kind, Func<Task<T>> call)
    {
        // Where a real replica is frozen or killed after the request has left, the database does it all the same, and
        // nobody hears the answer.
        await power.WaitAsync();
        try
        {
            return await weather.CallAsync(kind, call);
        }
        finally
        {
            await power.WaitAsync();
        }
    }
}
