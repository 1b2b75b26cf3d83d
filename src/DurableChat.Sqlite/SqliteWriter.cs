using System.Threading.Channels;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>
/// The one place that writes. SQLite lets one writer in at a time, and a durable commit waits for the disk; so a thread of its own takes all writes that wait,
/// runs them in one transaction, and tells their callers once that transaction is durable. A write that fails is undone alone. Thread-safe.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<SqliteWrite> _line = Channel.CreateUnbounded<SqliteWrite>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteSession _session;
    private readonly string _path;
    private readonly Task _loop;

    public SqliteWriter(SqliteSession session, string path)
    {
        _session = session;
        _path = path;
        _loop = Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>
    /// Runs a write. Cancellation withdraws it while it waits in line; once it runs, it runs to its end, so that the caller knows the outcome.
    /// </summary>
    /// <exception cref="ChatStoreException">It failed. If it failed in the commit, it may have happened or not.</exception>
    public async Task<T> RunAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var write = new SqliteWrite<T>(work);
        if (!_line.Writer.TryWrite(write))
        {
            throw new ChatStoreException($"The database '{_path}' is closed.");
        }

        using var withdrawal = cancellationToken.Register(() =>
        {
            if (write.TryTake())
            {
                write.Cancel(cancellationToken);
            }
        });
        return await write.Task.ConfigureAwait(false);
    }

    /// <summary>Runs what still waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_line.Writer.TryComplete())
        {
            await _loop.ConfigureAwait(false);
            _session.Dispose();
        }
    }

    private void Loop()
    {
        var batch = new List<SqliteWrite>(MaxBatch);
        while (_line.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _line.Reader.TryRead(out var write))
            {
                if (write.TryTake())
                {
                    batch.Add(write);
                }
            }

            RunBatch(batch);
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
#pragma warning disable CA1031 // The callers are told; the writer must live on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            RollBack();
            var explained = Explain(exception);
            batch.ForEach(write => write.Fail(explained));
            return;
        }

        batch.ForEach(write => write.Complete());
    }

    /// <summary>Runs one write under a savepoint; false if it failed, was undone, and its caller was told.</summary>
    private bool TryRun(SqliteWrite write)
    {
        _session.Control("SAVEPOINT one");
        try
        {
            write.Run(_session);
        }
#pragma warning disable CA1031 // The caller is told; the writes beside it must go on.
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
            // The next BEGIN tells whether the connection is still of use.
        }
    }

    private Exception Explain(Exception exception) => exception is SqliteException sqlite ? SqliteConnections.Explain(sqlite, _path) : exception;
}
