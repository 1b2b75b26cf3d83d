using DurableChat.Diagnostics;
using DurableChat.Notifications;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Notifications through LISTEN and NOTIFY of the database that stores the chats. One dedicated connection listens.
/// Batches are sent in one statement on another connection, outside of every other transaction, because NOTIFY takes a
/// lock that all notifying transactions of a database share until they commit. Thread-safe.
/// </summary>
/// <remarks>Source of the limits: PostgreSQL documentation, "NOTIFY" (payload below 8000 bytes).</remarks>
public sealed class PostgresChannel : INotificationChannel, IAsyncDisposable
{
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(15);
    private readonly NpgsqlDataSource _sender;
    private readonly string _connectionString;
    private readonly StoreMetrics _metrics;
    private readonly string _name;

    /// <summary>Creates the channel of a database.</summary>
    /// <param name="options">The database.</param>
    /// <param name="metrics">The metrics of the database's statements.</param>
    /// <param name="name">
    /// The name of the channel, at most 63 characters. Clusters that share a database, each in its own schema, need
    /// different names.
    /// </param>
    public PostgresChannel(PostgresStoreOptions options, StoreMetrics metrics, string name = "durablechat")
    {
        ArgumentNullException.ThrowIfNull(options);

        // Hints queued after commits would be late exactly when there are many of them.
        _sender = NpgsqlDataSource.Create(PostgresConnections.Sending(options));
        _connectionString = PostgresConnections.Single(options).ConnectionString;
        _metrics = metrics;
        _name = name;
    }

    /// <inheritdoc/>
    public int MaxPayloadBytes => 7_999;

    /// <inheritdoc/>
    public string DeafAdvice =>
        "A pooler in transaction mode, such as PgBouncer's, swallows notifications: set Notifications:PostgreSql to a connection string that leads directly to the database.";

    /// <inheritdoc/>
    public async Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _sender.CreateCommand("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _name });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. payloads] });
            _metrics.Statements("notify");
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (PostgresFaults.IsFault(exception))
        {
            throw new ChannelException($"Notifications could not be sent: {exception.Message}", exception);
        }
    }

    /// <summary>Closes the connection that sends.</summary>
    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    /// <inheritdoc/>
    public async Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listener);
        try
        {
            await using var connection = new NpgsqlConnection(_connectionString);
            connection.Notification += (_, received) => listener.OnReceived(received.Payload);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (var command = new NpgsqlCommand($"LISTEN \"{_name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            listener.OnConnected();
            while (true)
            {
                // A connection may die silently, and a wait alone would never notice.
                if (!await connection.WaitAsync(_silence, cancellationToken).ConfigureAwait(false))
                {
                    await using var probe = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 5 };
                    await probe.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (PostgresFaults.IsFault(exception))
        {
            throw new ChannelException($"The connection that listens was lost: {exception.Message}", exception);
        }
    }
}
