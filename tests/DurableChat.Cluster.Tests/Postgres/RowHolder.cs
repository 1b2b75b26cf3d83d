using Npgsql;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Holds what a statement locks, until as many others wait for it as the test wants.</summary>
internal sealed class RowHolder(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    public static async Task<RowHolder> HoldAsync(string connectionString, string sql)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync();
        return new RowHolder(connection, transaction);
    }

    public async Task WaitUntilWaitedForAsync(int others)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection, transaction);
        while ((long)(await command.ExecuteScalarAsync())! < others)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            await using var refresh = new NpgsqlCommand("SELECT pg_stat_clear_snapshot()", connection, transaction);
            await refresh.ExecuteNonQueryAsync();
        }
    }

    public async Task ReleaseWhenWaitedForAsync(int others)
    {
        await WaitUntilWaitedForAsync(others);
        await transaction.RollbackAsync();
    }

    /// <summary>Ends the connection of whoever waits for this holder; waits until somebody does.</summary>
    public async Task TerminateWaiterAsync()
    {
        await using var killer = new NpgsqlConnection(connection.ConnectionString);
        await killer.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND {connection.ProcessID} = ANY (pg_blocking_pids(pid))", killer);
        while (await command.ExecuteScalarAsync() is not true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
