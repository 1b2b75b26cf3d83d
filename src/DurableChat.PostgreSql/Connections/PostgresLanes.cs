using System.Diagnostics;
using DurableChat.Diagnostics;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Runs statements over a few connections. A statement is sent at once if a connection is free. Under load, waiting
/// statements share a round trip, each in its own transaction so that none depends on another. Without this, a burst
/// takes every connection of the pool, and each waits for a core while it holds one. Thread-safe.
/// </summary>
internal sealed class PostgresLanes(PostgresSession session, StoreMetrics metrics, int connections)
{
    private const int MaxBatch = 32;

    /// <summary>
    /// How long no further connection is requested after the database has refused one: each request costs the database
    /// a process.
    /// </summary>
    private static readonly TimeSpan _fullTime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<PostgresStatement> _line = [];
    private int _lanes;
    private long _fullSince;

    /// <summary>
    /// Makes one attempt at a statement. Cancellation withdraws it while it waits. Once sent, a statement runs to its
    /// end, and for a write this call waits for that, because its outcome must be known.
    /// </summary>
    /// <exception cref="Exception">
    /// The attempt failed. <see cref="PostgresStatement.IsSent"/> says whether it may have taken effect nevertheless.
    /// </exception>
    public async Task<T> RunAsync<T>(PostgresStatement<T> statement, bool writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Enqueue(statement))
        {
            // A lane works for many callers, so it must not inherit the first one's context.
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(RunLaneAsync, CancellationToken.None);
            }
        }

        using var withdrawal = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var statement = (PostgresStatement)state!;
                if (statement.TryTake())
                {
                    statement.Cancel(token);
                }
            },
            statement);
        return await statement.Task.WaitAsync(writes ? CancellationToken.None : cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Queues a statement; true if another lane must be opened for it.</summary>
    private bool Enqueue(PostgresStatement statement)
    {
        lock (_gate)
        {
            _line.Enqueue(statement);
            if (_lanes == connections || (_lanes > 0 && _fullSince != 0 && Stopwatch.GetElapsedTime(_fullSince) < _fullTime))
            {
                return false;
            }

            _lanes++;
            return true;
        }
    }

    /// <summary>
    /// Takes a fair share of the waiting statements, or all of them. An empty result closes the lane.
    /// </summary>
    private List<PostgresStatement> Take(bool takesAll)
    {
        lock (_gate)
        {
            var share = takesAll ? _line.Count : Math.Clamp(_line.Count / connections, 1, MaxBatch);
            var batch = new List<PostgresStatement>(share);
            while (batch.Count < share && _line.TryDequeue(out var statement))
            {
                if (statement.TryTake())
                {
                    batch.Add(statement);
                }
            }

            if (batch.Count == 0)
            {
                _lanes--;
            }

            return batch;
        }
    }

    /// <summary>
    /// Closes a lane for which the database has no connection, unless it is the last one: the lanes with a connection
    /// serve the queue better.
    /// </summary>
    private bool TryLeaveToOthers()
    {
        lock (_gate)
        {
            _fullSince = Stopwatch.GetTimestamp();
            if (_lanes == 1)
            {
                return false;
            }

            _lanes--;
            return true;
        }
    }

    private async Task RunLaneAsync()
    {
        while (true)
        {
            LentConnection? lent = null;
            Exception? failure = null;
            try
            {
                lent = await session.LendAsync(CancellationToken.None).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The error is passed to the callers; the lane must keep running.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }

            if (failure is not null && PostgresFaults.IsFull(failure) && TryLeaveToOthers())
            {
                return;
            }

            // The batch is taken only now, so that callers can still cancel until there is a connection. If there is
            // none, all of them fail, since they have all waited for the same connection.
            var batch = Take(takesAll: failure is not null);
            if (lent is { } connection)
            {
                try
                {
                    await using (connection.ConfigureAwait(false))
                    {
                        await RunAsync(connection.Connection, batch).ConfigureAwait(false);
                    }
                }
#pragma warning disable CA1031 // The error is passed to the remaining callers; the lane must keep running.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    batch.ForEach(statement => statement.Fail(exception));
                }
            }
            else
            {
                batch.ForEach(statement => statement.Fail(failure!));
            }

            if (batch.Count == 0)
            {
                return;
            }
        }
    }

    private async Task RunAsync(NpgsqlConnection connection, List<PostgresStatement> taken)
    {
        await using var batch = new NpgsqlBatch(connection) { EnableErrorBarriers = true };
        var statements = taken.Where(statement => TryAdd(statement, batch)).ToList();
        if (statements.Count == 0)
        {
            return;
        }

        metrics.Batch(statements.Count);
        var (answered, failure) = await AnswerAsync(connection, batch, statements).ConfigureAwait(false);

        // The first statement without an answer is the one that failed. The results of those after it were not read, so
        // each has to check its own outcome.
        for (var i = answered; i < statements.Count; i++)
        {
            statements[i].Fail(i == answered ? failure! : new IOException("A statement before this one failed, and the answer was lost.", failure));
        }
    }

    private bool TryAdd(PostgresStatement statement, NpgsqlBatch batch)
    {
        try
        {
            batch.BatchCommands.Add(statement.ToCommand());
        }
#pragma warning disable CA1031 // The error is passed to the caller; the other statements must continue.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            statement.Fail(exception);
            return false;
        }

        statement.IsSent = true;
        metrics.Statements(statement.Operation);
        session.Pool.Waited(statement.Since);
        return true;
    }

    /// <summary>
    /// Sends the batch and passes each result to its caller. Returns how many had a result before a failure.
    /// </summary>
    private async Task<(int Answered, Exception? Failure)> AnswerAsync(NpgsqlConnection connection, NpgsqlBatch batch, List<PostgresStatement> statements)
    {
        var answered = 0;
        Exception? failure = null;
        using var standbys = new StandbyWatch(connection);
        try
        {
            await using var row = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            var isAmongRows = false;
            try
            {
                while (answered < statements.Count)
                {
                    isAmongRows = true;
                    var statement = statements[answered];
                    var unreadable = await TryReadAsync(statement, row).ConfigureAwait(false);

                    // The rows arrive before the commit. After the last row the reader waits for the end of the
                    // transaction, and throws if that failed.
                    while (await row.ReadAsync().ConfigureAwait(false))
                    {
                    }

                    isAmongRows = false;
                    answered++;
                    unreadable = standbys.Take() ?? unreadable;
                    if (unreadable is null)
                    {
                        statement.Complete();
                    }
                    else
                    {
                        statement.Fail(unreadable);
                    }

                    await row.NextResultAsync().ConfigureAwait(false);
                }
            }
#pragma warning disable CA1031 // The error is passed to the callers; the lane must keep running.
            catch (Exception exception)
            {
                // Kept here, because closing the reader throws the errors of later statements.
                failure = exception;
                if (isAmongRows)
                {
                    // The driver reads to the end of the batch only for errors before a row. Unread results would be
                    // taken for the answer to the connection's next statement.
                    session.DiscardConnections();
                }
            }
        }
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure ??= exception;
        }

        // With error barriers, a driver that reads to the end throws all errors at once. The first is that of the
        // current statement.
        return (answered, failure is NpgsqlException { InnerException: AggregateException { InnerExceptions: [var first, ..] } } ? first : failure);
    }

    /// <summary>
    /// Reads a statement's result. A result that arrived but cannot be read concerns only that statement.
    /// </summary>
    private static async Task<Exception?> TryReadAsync(PostgresStatement statement, NpgsqlDataReader row)
    {
        try
        {
            await statement.ReadAsync(row).ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // The error is passed to the caller; the other statements must continue.
        catch (Exception exception) when (!PostgresFaults.IsFault(exception))
#pragma warning restore CA1031
        {
            return exception;
        }
    }
}
