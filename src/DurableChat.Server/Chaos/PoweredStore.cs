using DurableChat.Chats;
using DurableChat.Sqlite;
using DurableChat.Storage;

namespace DurableChat.Server.Chaos;

/// <summary>One replica's way to the database that all share. Thread-safe.</summary>
internal sealed class PoweredStore(SqliteChatStore store, ReplicaPower power, StoreWeather weather, TimeProvider time) : IChatStore, ILeaseStore
{
    public Task<Chat?> LoadAsync(ChatId id, CancellationToken cancellationToken) => ReadAsync(() => store.LoadAsync(id, cancellationToken));

    public Task<CommitResult> CommitAsync(Transition transition, IdempotencyRecord? idempotency, CancellationToken cancellationToken) =>
        WriteAsync(() => store.CommitAsync(transition, idempotency, cancellationToken));

    public Task<MessagePage?> ReadMessagesAsync(ChatId id, MessageQuery query, CancellationToken cancellationToken) =>
        ReadAsync(() => store.ReadMessagesAsync(id, query, cancellationToken));

    public Task<IReadOnlyList<ChatSummary>> ListAsync(string owner, ChatListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(() => store.ListAsync(owner, query, cancellationToken));

    public Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken) => WriteAsync(() => store.DeleteAsync(id, cancellationToken));

    public Task<IdempotencyRecord?> FindIdempotencyRecordAsync(ChatId id, string key, CancellationToken cancellationToken) =>
        ReadAsync(() => store.FindIdempotencyRecordAsync(id, key, cancellationToken));

    public Task<IReadOnlyList<ChangedChat>> FindChangedAsync(IReadOnlyList<KnownChat> known, CancellationToken cancellationToken) =>
        ReadAsync(() => store.FindChangedAsync(known, cancellationToken));

    public Task HeartbeatAsync(string replica, string? address, CancellationToken cancellationToken) =>
        WriteAsync(async () =>
        {
            await store.HeartbeatAsync(replica, address, cancellationToken);
            return true;
        });

    public Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken) => ReadAsync(() => store.FindAddressAsync(replica, cancellationToken));

    public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken) => ReadAsync(() => store.ListReplicasAsync(limit, cancellationToken));

    public Task RetireAsync(string replica, CancellationToken cancellationToken) =>
        WriteAsync(async () =>
        {
            await store.RetireAsync(replica, cancellationToken);
            return true;
        });

    public Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(TimeSpan leaseDuration, int limit, CancellationToken cancellationToken) =>
        ReadAsync(() => store.FindClaimableAsync(leaseDuration, limit, cancellationToken));

    private Task<T> ReadAsync<T>(Func<Task<T>> call) => CallAsync(isWrite: false, call);

    private Task<T> WriteAsync<T>(Func<Task<T>> call) => CallAsync(isWrite: true, call);

    private async Task<T> CallAsync<T>(bool isWrite, Func<Task<T>> call)
    {
        // Where a real replica is frozen or killed after the request has left, the database does it all the same, and nobody hears the answer.
        await power.WaitAsync();
        try
        {
            return await weather.CallAsync(isWrite, call, time);
        }
        finally
        {
            await power.WaitAsync();
        }
    }
}
