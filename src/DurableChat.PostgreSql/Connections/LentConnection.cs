using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>A connection from the pool. Disposing returns it.</summary>
internal readonly struct LentConnection(NpgsqlConnection connection, PoolMetrics pool) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        pool.Return();
    }
}
