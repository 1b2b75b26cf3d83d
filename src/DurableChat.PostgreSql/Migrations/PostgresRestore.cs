using DurableChat.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>The steps that remain after PostgreSQL's own tools have restored a database.</summary>
public static class PostgresRestore
{
    private const string Renew =
        """
        UPDATE chats SET epoch = greatest(epoch + 1, $1), version = greatest(version + 1, $1) WHERE version > 0
        """;

    /// <summary>
    /// Begins a new epoch of every chat. Clients that saw more than the restored database contains then reread
    /// everything, instead of mistaking the next messages for those they know. Also brings the schema up to date. No
    /// server may run.
    /// </summary>
    /// <param name="options">The database.</param>
    /// <param name="now">
    /// The time. The new epochs are derived from it, so they are higher than all earlier ones.
    /// </param>
    /// <returns>The number of chats.</returns>
    /// <exception cref="ChatStoreException">The database cannot be opened. The message says why.</exception>
    public static long BeginNewEpochs(PostgresStoreOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = PostgresConnections.Pooled(options);
        var wait = new MigrationWait(options.MigrationWait, TimeProvider.System, NullLogger.Instance);
        try
        {
            builder = PostgresOpening.Prepare(options, wait);
            builder.CommandTimeout = 0;
            builder.Pooling = false;
            using var connection = new NpgsqlConnection(builder.ConnectionString);
            connection.Open();
            using var transaction = connection.BeginTransaction();

            // The statement takes time in proportion to the number of chats.
            using var settings = new NpgsqlCommand(wait.Settings, connection);
            settings.ExecuteNonQuery();
            using var command = new NpgsqlCommand(Renew, connection)
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = now.ToUnixTimeMilliseconds() } },
            };
            var chats = command.ExecuteNonQuery();
            transaction.Commit();
            return chats;
        }
        catch (Exception exception) when (PostgresFaults.IsFault(exception) || exception is ArgumentException)
        {
            throw PostgresFaults.ExplainOpening(exception, builder);
        }
    }
}
