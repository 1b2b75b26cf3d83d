using System.Diagnostics;
using DurableChat.Diagnostics;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Runs statements over a few connections. One goes out at once if a connection is free; under load those that wait together share a round trip, each in a transaction of its own, so that one does not
/// depend on another. Without this a storm takes every connection of the pool, and each waits for a core while it holds one. Thread-safe.
/// </summary>
internal sealed class PostgresLanes(PostgresSession session, StoreMetrics metrics, int connections)
{
    private const int MaxBatch = 32;

    /// <summary>For so long no further connection is asked for once the database has refused one: each question costs it a process.</summary>
    private static readonly TimeSpan _fullTime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<PostgresStatement> _line = [];
    private int _lanes;
    private long _fullSince;

    /// <summary>
    /// Makes one attempt at a statement. Cancellation withdraws it while it waits in line. One that has been sent runs to its end, and if it writes, so does this call: its outcome is to be known.
    /// </summary>
    /// <exception cref="Exception">It failed; <see cref="PostgresStatement.IsSent"/> tells whether it may have been carried out all the same.</exception>
    public async Task<T> RunAsync<T>(PostgresStatement<T> statement, bool writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Enqueue(statement))
        {
            // A lane works for many callers, so it must not carry the first one's context.
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

    /// <summary>Puts a statement in line; true if another lane is to be opened for it.</summary>
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

    /// <summary>Takes a fair share of what waits, or all of it; nothing closes the lane.</summary>
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

    /// <summary>Closes a lane for which the database has no connection, unless it is the last: those in line are better off with the lanes that have one.</summary>
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
#pragma warning disable CA1031 // Those who wait are told; the lane must go on.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }

            if (failure is not null && PostgresFaults.IsFull(failure) && TryLeaveToOthers())
            {
                return;
            }

            // Only now: until there is a connection, whoever waits can still give up. If there is none, all are told, for they have waited for it as long as the first.
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
#pragma warning disable CA1031 // Those who still wait are told; the lane must go on.
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

        // The first without an answer is the one that failed. What became of those behind it went unread: each has to ask for itself.
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
#pragma warning disable CA1031 // The caller is told; the statements beside it must go on.
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

    /// <summary>Sends the batch and tells each caller the answer; returns how many had theirs before a failure.</summary>
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

                    // The rows come before the commit. Behind the last row the reader waits for the end of the transaction, and throws if that failed.
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
#pragma warning disable CA1031 // The callers are told; the lane must go on.
            catch (Exception exception)
            {
                // Kept here, because closing the reader throws what befell the statements behind.
                failure = exception;
                if (isAmongRows)
                {
                    // The driver reads on to the end of the batch only for errors that come before a row. What lies unread would be the answer to whatever the connection is asked next.
                    session.DiscardConnections();
                }
            }
        }
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure ??= exception;
        }

        // With error barriers the driver, when it reads to the end, throws all errors at once. The first is that of the statement whose turn it was.
        return (answered, failure is NpgsqlException { InnerException: AggregateException { InnerExceptions: [var first, ..] } } ? first : failure);
    }

    /// <summary>Reads a statement's answer; what is wrong with it, if it came and cannot be understood, is that statement's affair alone.</summary>
    private static async Task<Exception?> TryReadAsync(PostgresStatement statement, NpgsqlDataReader row)
    {
        try
        {
            await statement.ReadAsync(row).ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // The caller is told; the statements beside it must go on.
        catch (Exception exception) when (!PostgresFaults.IsFault(exception))
#pragma warning restore CA1031
        {
            return exception;
        }
    }
}
