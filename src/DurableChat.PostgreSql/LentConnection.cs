using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>A connection out of the pool; disposing gives it back.</summary>
internal readonly struct LentConnection(NpgsqlConnection connection, PoolMetrics pool) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        pool.Return();
    }
}
