using DurableChat.Diagnostics;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Holds a lock for as long as this replica's connection lives. When the process ends, the operating system closes the
/// connection, PostgreSQL ends the session, and the lock is gone. A pooler that shares sessions would keep the lock, so
/// behind one no session is opened and none is seen. Not thread-safe: one call at a time.
/// </summary>
internal sealed class PostgresReplicaSessions(PostgresStoreOptions options, StoreMetrics metrics)
    : IReplicaSessions, IAsyncDisposable
{
    private const int TimeoutSeconds = 5;

    private NpgsqlConnection? _connection;
    private bool? _isDirect;

    /// <inheritdoc/>
    public async Task<OpenSessions> LookAsync(string replica, CancellationToken cancellationToken)
    {
        try
        {
            _isDirect ??= !PostgresSurroundings.Look(PostgresConnections.Single(options)).SharesSessions;
            if (_isDirect == false)
            {
                return new OpenSessions(IsOwnNew: true, []);
            }

            var isNew = _connection is null;
            _connection ??= await OpenAsync(replica, cancellationToken).ConfigureAwait(false);
            return new OpenSessions(isNew, await ListAsync(_connection, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            await DisposeAsync().ConfigureAwait(false);
            if (PostgresFaults.IsFault(exception))
            {
                throw PostgresFaults.Explain(exception);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(string replica, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(PostgresConnections.Single(options).ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(PostgresStatements.OpenSession, connection)
            {
                CommandTimeout = TimeoutSeconds,
            };
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = replica });
            metrics.Statements("sessions");
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<IReadOnlyCollection<string>> ListAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PostgresStatements.ListSessions, connection)
        {
            CommandTimeout = TimeoutSeconds,
        };
        metrics.Statements("sessions");
        var open = new List<string>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            open.Add(row.GetString(0));
        }

        return open;
    }
}
