using System.Reflection;
using DbUp;
using DbUp.Engine.Output;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Brings the schema up to date with the numbered scripts of this assembly, once however many replicas start together.</summary>
internal static class PostgresMigrations
{
    private const string Prefix = "DurableChat.PostgreSql.Migrations.";

    /// <summary>An arbitrary number that everybody who migrates agrees on.</summary>
    private const long LockKey = 0x44_43_68_61_74;

    /// <summary>Applies what is missing.</summary>
    /// <exception cref="ChatStoreException">The database was made by a newer version, or a script failed.</exception>
    public static void Apply(NpgsqlConnectionStringBuilder connectionString)
    {
        // A migration may take longer than any statement of the running server. Of two options of one name the last counts.
        var builder = new NpgsqlConnectionStringBuilder(connectionString.ConnectionString) { Pooling = false, CommandTimeout = 0 };
        builder.Options = $"{builder.Options} -c statement_timeout=0".Trim();
        using var guard = new NpgsqlConnection(builder.ConnectionString);
        guard.Open();
        Execute(guard, $"SELECT pg_advisory_lock({LockKey})");
        var engine = DeployChanges.To
            .PostgresqlDatabase(builder.ConnectionString)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .WithTransactionPerScript()
            .JournalToPostgresqlTable(null, "durablechat_migrations")
            .LogTo(new NoOpUpgradeLog())
            .Build();
        var known = engine.GetDiscoveredScripts().Select(script => script.Name).ToHashSet(StringComparer.Ordinal);
        if (engine.GetExecutedScripts().FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new ChatStoreException(
                $"The database '{builder.Database}' was made by a newer version of DurableChat (it has the migration '{unknown}'). Run that version, or give this one another database.");
        }

        var result = engine.PerformUpgrade();
        if (!result.Successful)
        {
            var reason = PostgresFaults.ExplainOpening(result.Error, builder).Message;
            throw new ChatStoreException(result.ErrorScript is { Name: var script } ? $"The migration '{script}' failed. {reason}" : reason, result.Error);
        }

        // Each start makes a row, and a replica that is killed leaves it. Whoever comes back after so long has lost its leases anyhow.
        Execute(guard, "DELETE FROM replicas WHERE heartbeat_at < clock_timestamp() - interval '1 day'");
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
