using DurableChat.Chats;
using DurableChat.Conformance;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Microsoft.Extensions.Time.Testing;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>A store on a real file in a folder of its own.</summary>
internal sealed class SqliteHarness : IStoreHarness
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteChatStore _store;

    public SqliteHarness() => _store = SqliteChatStore.Open(new SqliteStoreOptions(_folder.File("chat.db")), new StoreMetrics(), _time);

    public IChatStore Chats => _store;

    public ILeaseStore Leases => _store;

    public IRetentionStore Retention => _store;

    public IUsageStore Usage => _store;

    public ICheckpointStore Checkpoints => _store;

    public DateTimeOffset Now => _time.GetUtcNow();

    public Task<long> CountKeysAsync(ChatId id) => CountAsync("idempotency_keys", id);

    public Task<long> CountMessagesAsync(ChatId id) => CountAsync("messages", id);

    public Task<long> CountCheckpointsAsync(ChatId id) => CountAsync("checkpoints", id);

    public Task AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    private Task<long> CountAsync(string table, ChatId id)
    {
        using var connection = SqliteConnections.OpenReader(_folder.File("chat.db"));
        return Task.FromResult((long)SqliteConnections.Query(connection, $"SELECT count(*) FROM {table} WHERE chat_id = '{id}'")!);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
