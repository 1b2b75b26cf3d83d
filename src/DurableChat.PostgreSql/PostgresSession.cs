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

    public PoolMetrics Pool => pool;

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

    /// <summary>Runs an attempt on a connection until it succeeds, for as long as the faults are of the kind that passes.</summary>
    /// <param name="attempt">Is told whether an earlier attempt may have done its work all the same.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChatStoreException">The database failed, for longer than a failover takes or in another way.</exception>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, bool, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) => RetryAsync(
        async state =>
        {
            var waiting = Stopwatch.GetTimestamp();
            await using var lent = await LendAsync(cancellationToken).ConfigureAwait(false);
            pool.Waited(waiting);
            state.IsSent = true;
            return await attempt(lent.Connection, state.IsInDoubt, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Makes an attempt again and again, for as long as the faults are of the kind that passes.</summary>
    /// <exception cref="ChatStoreException">The database failed, for longer than a failover takes or in another way.</exception>
    public async Task<T> RetryAsync<T>(Func<PostgresAttempt, Task<T>> attempt, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var state = new PostgresAttempt();
        for (var pause = _firstPause; ; pause = pause * 2 < _longestPause ? pause * 2 : _longestPause)
        {
            try
            {
                return await attempt(state).ConfigureAwait(false);
            }
            catch (Exception exception) when (PostgresFaults.IsFault(exception))
            {
                if (!PostgresFaults.Passes(exception) || time.GetElapsedTime(started) + pause > failoverTime)
                {
                    throw PostgresFaults.Explain(exception);
                }

                state.Fail(exception);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets no connection that is open now be used again, once whoever has it gives it back.</summary>
    public void DiscardConnections() => source.Clear();

    /// <summary>Takes a connection out of the pool.</summary>
    public async Task<LentConnection> LendAsync(CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return new LentConnection(connection, pool.Lend());
    }
}
