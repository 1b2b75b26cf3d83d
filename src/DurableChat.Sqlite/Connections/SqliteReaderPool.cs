using System.Collections.Concurrent;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>
/// A few read connections, opened on first use. A read holds its connection only while it runs. Reads that may take
/// long, such as lists, share half of the connections, so that any number of them leaves the other half for reads of
/// single chats. Thread-safe.
/// </summary>
internal sealed class SqliteReaderPool(string path, int size, StoreMetrics metrics) : IAsyncDisposable
{
    private readonly SemaphoreSlim _places = new(size, size);
    private readonly SemaphoreSlim _longLane = new(Math.Max(1, size / 2));
    private readonly ConcurrentBag<SqliteSession> _free = [];
    private volatile bool _disposed;

    /// <summary>Runs a read that may take long, once one of the connections for such reads is free.</summary>
    /// <exception cref="ChatStoreException">The read failed.</exception>
    public async Task<T> RunLongAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        await _longLane.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunAsync(read, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _longLane.Release();
        }
    }

    /// <summary>Runs a read in one snapshot of the database.</summary>
    /// <exception cref="ChatStoreException">The read failed.</exception>
    public async Task<T> RunAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_disposed)
            {
                throw new ChatStoreException($"The database '{path}' is closed.");
            }

            var session = _free.TryTake(out var free) ? free : new SqliteSession(SqliteConnections.OpenReader(path), metrics);
            try
            {
                session.Control("BEGIN");
                var result = read(session);
                session.Control("COMMIT");
                _free.Add(session);
                return result;
            }
            catch
            {
                // Its state is unknown, and a new one is cheap.
                session.Dispose();
                throw;
            }
        }
        catch (SqliteException exception)
        {
            throw SqliteConnections.Explain(exception, path);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Waits for running reads, refuses waiting ones, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        for (var place = 0; place < size; place++)
        {
            await _places.WaitAsync().ConfigureAwait(false);
        }

        while (_free.TryTake(out var session))
        {
            session.Dispose();
        }

        _places.Release(size);
    }
}
