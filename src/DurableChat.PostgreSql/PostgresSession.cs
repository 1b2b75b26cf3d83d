using System.Diagnostics;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Runs statements on pooled connections, again if the database was away. A connection is held for one statement only. Thread-safe.</summary>
internal sealed class PostgresSession(NpgsqlDataSource source, PoolMetrics pool, StoreMetrics metrics, TimeSpan failoverTime, TimeProvider time)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    /// <summary>Runs something that may run twice without harm: a read, or a write that comes to the same.</summary>
    /// <exception cref="ChatStoreException">The database failed, for longer than a failover takes or in another way.</exception>
    public Task<T> RunAsync<T>(string operation, Action<NpgsqlCommand> prepare, Func<NpgsqlCommand, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(
            async (connection, _, ct) =>
            {
                await using var command = connection.CreateCommand();
                prepare(command);
                metrics.Statements(operation);
                return await read(command, ct).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Runs an attempt until it succeeds, for as long as the faults are of the kind that passes.</summary>
    /// <param name="attempt">Is told whether an earlier attempt may have done its work all the same.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChatStoreException">The database failed, for longer than a failover takes or in another way.</exception>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, bool, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var isInDoubt = false;
        for (var pause = _firstPause; ; pause = pause * 2 < _longestPause ? pause * 2 : _longestPause)
        {
            var isConnected = false;
            try
            {
                await using var lent = await LendAsync(cancellationToken).ConfigureAwait(false);
                isConnected = true;
                return await attempt(lent.Connection, isInDoubt, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
            {
                if (!PostgresFaults.Passes(exception) || time.GetElapsedTime(started) + pause > failoverTime)
                {
                    throw PostgresFaults.Explain(exception);
                }

                isInDoubt |= isConnected && !PostgresFaults.IsRefused(exception);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a connection out of the pool.</summary>
    private async Task<LentConnection> LendAsync(CancellationToken cancellationToken)
    {
        var waiting = Stopwatch.GetTimestamp();
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return new LentConnection(connection, pool.Lend(waiting));
    }
}
