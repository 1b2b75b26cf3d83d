using DurableChat.Chats;
using DurableChat.Conformance;
using DurableChat.Diagnostics;
using DurableChat.PostgreSql;
using DurableChat.Storage;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>
/// A store on a real database of its own. The database's clock cannot be moved, so what it measures is made older
/// instead.
/// </summary>
internal sealed class PostgresHarness : IStoreHarness
{
    private readonly string _connectionString;
    private readonly PostgresChatStore _store;
    private TimeSpan _offset;

    private PostgresHarness(string connectionString)
    {
        _connectionString = connectionString;
        _store = PostgresChatStore.Open(new PostgresStoreOptions(connectionString), new StoreMetrics(), null, TimeProvider.System);
    }

    public IChatStore Chats => _store;

    public ILeaseStore Leases => _store;

    public IRetentionStore Retention => _store;

    public IUsageStore Usage => _store;

    public ICheckpointStore Checkpoints => _store;

    public DateTimeOffset Now => Truncate(TimeProvider.System.GetUtcNow()) + _offset;

    public static async ValueTask<IStoreHarness> CreateAsync(PostgresFixture postgres) => new PostgresHarness(await postgres.CreateDatabaseAsync());

    public Task<long> CountKeysAsync(ChatId id) => CountAsync("idempotency_keys", id);

    public Task<long> CountMessagesAsync(ChatId id) => CountAsync("messages", id);

    public Task<long> CountCheckpointsAsync(ChatId id) => CountAsync("checkpoints", id);

    public async Task AdvanceAsync(TimeSpan time)
    {
        _offset += time;
        await PostgresFixture.ExecuteAsync(
            _connectionString,
            $"UPDATE replicas SET heartbeat_at = heartbeat_at - interval '{time.TotalMilliseconds} milliseconds', on_time_since = on_time_since - interval '{time.TotalMilliseconds} milliseconds'; UPDATE checkpoints SET written_at = written_at - interval '{time.TotalMilliseconds} milliseconds'; UPDATE idempotency_keys SET created_at = created_at - interval '{time.TotalMilliseconds} milliseconds'; UPDATE cluster_settings SET value = value::bigint - {(long)time.TotalMilliseconds} WHERE name = 'retention'; UPDATE chats SET updated_at = updated_at - {(long)time.TotalMicroseconds} WHERE version = 0");
    }

    private async Task<long> CountAsync(string table, ChatId id) =>
        (long)(await PostgresFixture.ExecuteAsync(_connectionString, $"SELECT count(*) FROM {table} WHERE chat_id = '{id}'"))!;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static DateTimeOffset Truncate(DateTimeOffset time) => new(time.Ticks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
