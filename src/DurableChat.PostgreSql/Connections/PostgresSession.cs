using System.Diagnostics;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Runs statements on pooled connections, and retries them if the database was unavailable. A connection is held for
/// one statement only. Thread-safe.
/// </summary>
/// <param name="source">The pool.</param>
/// <param name="requests">Limits how many connections users' requests may hold at once, apart from the lanes.</param>
/// <param name="pool">The metrics of the pool.</param>
/// <param name="metrics">The metrics of the statements.</param>
/// <param name="failoverTime">How long transient faults are retried.</param>
/// <param name="time">The clock.</param>
internal sealed class PostgresSession(NpgsqlDataSource source, SemaphoreSlim requests, PoolMetrics pool, StoreMetrics metrics, TimeSpan failoverTime, TimeProvider time)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    public PoolMetrics Pool => pool;

    /// <summary>Runs an operation that can safely run twice: a read, or an idempotent write.</summary>
    /// <exception cref="ChatStoreException">
    /// The database failed for longer than a failover takes, or permanently.
    /// </exception>
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

    /// <summary>
    /// Runs a user's request, such as a list. Any number of requests leaves connections for statements that must not
    /// wait, such as heartbeats.
    /// </summary>
    /// <exception cref="ChatStoreException">
    /// The database failed for longer than a failover takes, or permanently.
    /// </exception>
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

    /// <summary>Runs an attempt on a connection, and retries it as long as its faults are transient.</summary>
    /// <param name="attempt">
    /// The attempt. Its second argument says whether an earlier attempt may have taken effect.
    /// </param>
    /// <param name="cancellationToken">Cancels the retries.</param>
    /// <exception cref="ChatStoreException">
    /// The database failed for longer than a failover takes, or permanently.
    /// </exception>
    public Task<T> RunAsync<T>(Func<NpgsqlConnection, bool, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) =>
        RetryAsync(state => AttemptAsync(attempt, state, Stopwatch.GetTimestamp(), cancellationToken), cancellationToken);

    /// <summary>Retries an attempt as long as its faults are transient.</summary>
    /// <exception cref="ChatStoreException">
    /// The database failed for longer than a failover takes, or permanently.
    /// </exception>
    public async Task<T> RetryAsync<T>(Func<PostgresAttempt, Task<T>> attempt, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var state = new PostgresAttempt();
        for (var pause = new GrowingPause(_firstPause, _longestPause); ; pause.Grow())
        {
            try
            {
                return await attempt(state).ConfigureAwait(false);
            }
            catch (Exception exception) when (PostgresFaults.IsFault(exception))
            {
                if (PostgresFaults.IsReadOnly(exception))
                {
                    // A session that began read-only stays so, even when writes are enabled again or another server has
                    // become the primary.
                    DiscardConnections();
                }

                if (!PostgresFaults.Passes(exception) || time.GetElapsedTime(started) + pause.Current > failoverTime)
                {
                    throw PostgresFaults.Explain(exception);
                }

                state.Fail(exception);
            }

            await Task.Delay(pause.Current, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Prevents reuse of all connections that are open now, once they are returned.</summary>
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
