using DurableChat.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>What is to be done once PostgreSQL's own tools have restored a database.</summary>
public static class PostgresRestore
{
    private const string Renew =
        """
        UPDATE chats SET epoch = greatest(epoch + 1, $1), version = greatest(version + 1, $1) WHERE version > 0
        """;

    /// <summary>
    /// Begins a new epoch of every chat: clients that were shown more than the restored database has read all anew, instead of taking the next messages for those they know. The schema is brought up to
    /// date. No server may run.
    /// </summary>
    /// <param name="options">The database.</param>
    /// <param name="now">The time; epochs begin with it, so that they are higher than all that were ever given out.</param>
    /// <returns>How many chats there are.</returns>
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

            // It takes as long as there are chats.
            using var settings = new NpgsqlCommand(wait.Settings, connection);
            settings.ExecuteNonQuery();
            using var command = new NpgsqlCommand(Renew, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = now.ToUnixTimeMilliseconds() } } };
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
