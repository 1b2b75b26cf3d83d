using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>
/// The only writer. SQLite admits one writer at a time, and a durable commit waits for the disk. So a dedicated thread
/// takes the waiting writes, runs them in one transaction, and completes them once that transaction is durable. A write
/// that fails is undone alone. Large writes have their own queue and few of them share a transaction, so that small
/// writes do not wait for large ones. Thread-safe.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int MaxBatch = 256;

    /// <summary>A write of at least this many characters is large. Most messages are far smaller.</summary>
    public const int LargeSize = 16 * 1024;

    /// <summary>
    /// Large writes share a transaction up to this many characters in total. A single one may have more.
    /// </summary>
    private const int MaxLargeSizeOfBatch = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly Queue<SqliteWrite> _line = [];
    private readonly Queue<SqliteWrite> _largeLine = [];
    private readonly SqliteSession _session;
    private readonly SqliteCheckpoints _checkpoints;
    private readonly string _path;
    private readonly Task _loop;
    private bool _isClosed;

    public SqliteWriter(SqliteSession session, string path)
    {
        _session = session;
        _path = path;
        _checkpoints = new SqliteCheckpoints(session, () => SqliteCheckpoints.Copy(path));
        _loop = Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc cref="RunAsync{T}(Func{SqliteSession, T}, int, CancellationToken)"/>
    public Task<T> RunAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) => RunAsync(work, size: 0, cancellationToken);

    /// <summary>
    /// Runs a write. Cancellation withdraws it while it waits. Once it runs, it runs to its end, so that the caller
    /// knows the outcome.
    /// </summary>
    /// <param name="work">The work to run within the transaction.</param>
    /// <param name="size">The approximate number of characters that it writes.</param>
    /// <param name="cancellationToken">Withdraws the write.</param>
    /// <exception cref="ChatStoreException">The write failed. If the commit failed, the outcome is unknown.</exception>
    public async Task<T> RunAsync<T>(Func<SqliteSession, T> work, int size, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var write = new SqliteWrite<T>(work, size);
        Enqueue(write);
        using var withdrawal = cancellationToken.Register(() =>
        {
            if (write.TryTake())
            {
                write.Cancel(cancellationToken);
            }
        });
        return await write.Task.ConfigureAwait(false);
    }

    /// <summary>Completes the waiting writes, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _waiting.Release();
        }

        await _loop.ConfigureAwait(false);
        _checkpoints.Dispose();
        _session.Dispose();
        _waiting.Dispose();
    }

    private void Enqueue(SqliteWrite write)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new ChatStoreException($"The database '{_path}' is closed.");
            }

            (write.Size < LargeSize ? _line : _largeLine).Enqueue(write);
            if (_waiting.CurrentCount == 0)
            {
                _waiting.Release();
            }
        }
    }

    private void Loop()
    {
        var batch = new List<SqliteWrite>(MaxBatch);
        while (Take(batch))
        {
            RunBatch(batch);
        }
    }

    /// <summary>
    /// Waits for writes and takes the next batch, which is empty if all were withdrawn. Returns false once no more can
    /// come.
    /// </summary>
    private bool Take(List<SqliteWrite> batch)
    {
        batch.Clear();
        while (true)
        {
            lock (_gate)
            {
                if (_line.Count + _largeLine.Count > 0)
                {
                    TakeSmall(batch);
                    TakeLarge(batch);
                    return true;
                }

                if (_isClosed)
                {
                    return false;
                }
            }

            _waiting.Wait();
        }
    }

    private void TakeSmall(List<SqliteWrite> batch)
    {
        while (batch.Count < MaxBatch && _line.TryDequeue(out var write))
        {
            if (write.TryTake())
            {
                batch.Add(write);
            }
        }
    }

    private void TakeLarge(List<SqliteWrite> batch)
    {
        for (long size = 0; size < MaxLargeSizeOfBatch && _largeLine.TryPeek(out var write) && (size == 0 || size + write.Size <= MaxLargeSizeOfBatch);)
        {
            _ = _largeLine.Dequeue();
            if (write.TryTake())
            {
                batch.Add(write);
                size += write.Size;
            }
        }
    }

    private void RunBatch(List<SqliteWrite> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            _session.Control("BEGIN IMMEDIATE");
            batch.RemoveAll(write => !TryRun(write));
            _session.Control("COMMIT");
        }
#pragma warning disable CA1031 // The error is passed to the callers; the writer must keep running.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RollBack();
            var explained = Explain(exception);
            batch.ForEach(write => write.Fail(explained));
            return;
        }

        batch.ForEach(write => write.Complete());
        _checkpoints.AfterCommit();
    }

    /// <summary>
    /// Runs one write under a savepoint; false if it failed. It is then undone, and its caller has the error.
    /// </summary>
    private bool TryRun(SqliteWrite write)
    {
        _session.Control("SAVEPOINT one");
        try
        {
            write.Run(_session);
        }
#pragma warning disable CA1031 // The error is passed to the caller; the other writes must continue.
        catch (Exception exception) when (!_session.IsAutocommit)
#pragma warning restore CA1031
        {
            _session.Control("ROLLBACK TO one");
            _session.Control("RELEASE one");
            write.Fail(Explain(exception));
            return false;
        }

        _session.Control("RELEASE one");
        return true;
    }

    private void RollBack()
    {
        try
        {
            if (!_session.IsAutocommit)
            {
                _session.Control("ROLLBACK");
            }
        }
        catch (SqliteException)
        {
            // The next BEGIN shows whether the connection is still usable.
        }
    }

    private Exception Explain(Exception exception) => exception is SqliteException sqlite ? SqliteConnections.Explain(sqlite, _path) : exception;
}
