using DurableChat.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Opens a database: examines the connection to it, brings the schema up to date, and checks the user's permissions.
/// </summary>
internal static partial class PostgresOpening
{
    /// <summary>All tables except for the journal of migrations.</summary>
    private static readonly string[] _tables = [
        "chats", "messages", "queued_messages", "idempotency_keys", "cluster_settings", "replicas", "usage",
        "checkpoints",
    ];

    /// <summary>Opens the database.</summary>
    /// <returns>The pool and its connection string.</returns>
    /// <exception cref="ChatStoreException">
    /// The database cannot be opened. The message says why and what to do.
    /// </exception>
    public static (NpgsqlDataSource Source, NpgsqlConnectionStringBuilder Used) Open(
        PostgresStoreOptions options,
        MigrationWait wait)
    {
        var builder = PostgresConnections.Pooled(options);
        try
        {
            builder = Prepare(options, wait);
            return (NpgsqlDataSource.Create(builder), builder);
        }
        catch (Exception exception) when (PostgresFaults.IsFault(exception) || exception is ArgumentException)
        {
            throw PostgresFaults.ExplainOpening(exception, builder);
        }
    }

    /// <summary>Brings the database up to date.</summary>
    /// <returns>The connection string to use.</returns>
    public static NpgsqlConnectionStringBuilder Prepare(PostgresStoreOptions options, MigrationWait wait)
    {
        var builder = PostgresConnections.Pooled(options);
        var surroundings = PostgresSurroundings.Look(builder);
        if (surroundings.DropsOptions)
        {
            builder = PostgresConnections.Pooled(options, surroundings);
            if (surroundings.Complain(PostgresConnections.Parse(options.ConnectionString), builder) is { } complaint)
            {
                throw new ChatStoreException(
                    $"The database '{builder.Database}' on {builder.Host}:{builder.Port} cannot be used: {complaint}");
            }

            LogPooler(wait.Logger, surroundings.SharesSessions
                ? "Statements are not prepared then. Notifications need a direct connection: Notifications:PostgreSql."
                : "It keeps sessions apart.");
        }

        PostgresMigrations.Apply(builder, wait);
        CheckPrivileges(builder);
        return builder;
    }

    private static void CheckPrivileges(NpgsqlConnectionStringBuilder builder)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(builder.ConnectionString)
        {
            Pooling = false,
            MaxAutoPrepare = 0,
        }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(
            """
            SELECT name FROM unnest($1) AS name
            WHERE NOT coalesce((SELECT bool_and(has_table_privilege(to_regclass(name), privilege)) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege), false)
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<string[]> { TypedValue = _tables } },
        };
        var missing = new List<string>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            missing.Add(row.GetString(0));
        }

        if (missing.Count > 0)
        {
            throw new ChatStoreException(
                $"The database '{builder.Database}' on {builder.Host}:{builder.Port} cannot be used: permission denied "
                + $"for table {string.Join(", ", missing)}. "
                + $"Grant the user \"{builder.Username}\" SELECT, INSERT, UPDATE and DELETE, or make it the owner.");
        }
    }

    [LoggerMessage(1, LogLevel.Information, "A pooler is between this server and the database. {Consequence}")]
    private static partial void LogPooler(ILogger logger, string consequence);
}
