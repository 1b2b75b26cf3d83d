using System.Diagnostics;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Runs statements on pooled connections, again if the database was away. A connection is held for one statement only. Thread-safe.</summary>
/// <param name="source">The pool.</param>
/// <param name="requests">As many places as what users ask for may hold connections at once, apart from the lanes.</param>
/// <param name="pool">How the pool is used.</param>
/// <param name="metrics">What is asked of the database.</param>
/// <param name="failoverTime">How long a fault that passes is sat out.</param>
/// <param name="time">Measures that.</param>
internal sealed class PostgresSession(NpgsqlDataSource source, SemaphoreSlim requests, PoolMetrics pool, StoreMetrics metrics, TimeSpan failoverTime, TimeProvider time)
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

    /// <summary>Runs what a user asks for, such as a list: however many ask, it leaves connections for what must not wait, such as heartbeats.</summary>
    /// <exception cref="ChatStoreException">The database failed, for longer than a failover takes or in another way.</exception>
    public Task<T> RequestAsync<T>(Func<NpgsqlConnection, bool, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) => RetryAsync(
        async state =>
        {
            var waiting = Stopwatch.GetTimestamp();
            await requests.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await AttemptAsync(attempt, state, waiting, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                requests.Release();
            }
        },
        cancellationToken);

    /// <summary>Runs an attempt on a connection until it succeeds, for as long as the faults are of the kind that passes.</summary>
    /// <param name="attempt">Is told whether an earlier attempt may have done its work all the same.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChatStoreException">The database failed, for longer than a failover takes or in another way.</exception>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, bool, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) =>
        RetryAsync(state => AttemptAsync(attempt, state, Stopwatch.GetTimestamp(), cancellationToken), cancellationToken);

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
                if (PostgresFaults.IsReadOnly(exception))
                {
                    // A session that began as one that may only read stays so when the database may be written to again, or another one is the primary by now.
                    DiscardConnections();
                }

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

    private async Task<T> AttemptAsync<T>(Func<NpgsqlConnection, bool, CancellationToken, Task<T>> attempt, PostgresAttempt state, long waiting, CancellationToken cancellationToken)
    {
        await using var lent = await LendAsync(cancellationToken).ConfigureAwait(false);
        pool.Waited(waiting);
        state.IsSent = true;
        return await attempt(lent.Connection, state.IsInDoubt, cancellationToken).ConfigureAwait(false);
    }
}
