using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Brings the schema up to date with the numbered scripts of this assembly, once even if many replicas start together.
/// Nothing here belongs to a session: locks and settings end with their transaction, so a pooler cannot keep them.
/// </summary>
internal static class PostgresMigrations
{
    private const string Prefix = "DurableChat.PostgreSql.Migrations.";
    private const string Journal = "durablechat_migrations";

    /// <summary>Applies the missing scripts.</summary>
    /// <exception cref="ChatStoreException">
    /// The database was created by a newer version, a script failed, or another session has held a lock for too long.
    /// </exception>
    public static void Apply(NpgsqlConnectionStringBuilder connectionString, MigrationWait wait)
    {
        // A migration may take longer than any statement of the running server.
        var builder = new NpgsqlConnectionStringBuilder(connectionString.ConnectionString) { Pooling = false, CommandTimeout = 0, MaxAutoPrepare = 0 };
        using var guard = new NpgsqlConnection(builder.ConnectionString);
        guard.Open();
        using var transaction = guard.BeginTransaction();
        Execute(guard, wait.Settings);
        MigrationLock.Take(guard, wait);
        var scripts = Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var applied = ReadJournal(guard);
        if (applied.FirstOrDefault(name => !scripts.Contains(name)) is { } unknown)
        {
            throw new ChatStoreException(
                $"The database '{builder.Database}' was made by a newer version of DurableChat (it has the migration '{unknown}'). Run that version, or give this one another database.");
        }

        if (!scripts.IsSubsetOf(applied))
        {
            Upgrade(builder, wait);
        }

        // Each start inserts a row, and a replica that is killed leaves it. A replica without a row counts as retired,
        // so its chats can be taken at once. So a row is removed only after a time longer than any outage.
        Execute(guard, "DELETE FROM replicas WHERE heartbeat_at < clock_timestamp() - interval '30 days'");
        transaction.Commit();
    }

    private static void Upgrade(NpgsqlConnectionStringBuilder builder, MigrationWait wait)
    {
        var result = DeployChanges.To
            .PostgresqlDatabase(builder.ConnectionString)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .WithTransactionPerScript()
            .WithPreprocessor(new Settings(wait))
            .JournalToPostgresqlTable(null, Journal)
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
        {
            var reason = PostgresFaults.ExplainOpening(result.Error, builder).Message;
            throw new ChatStoreException(result.ErrorScript is { Name: var script } ? $"The migration '{script}' failed. {reason}" : reason, result.Error);
        }
    }

    private static HashSet<string> ReadJournal(NpgsqlConnection connection)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using (var exists = new NpgsqlCommand($"SELECT to_regclass('{Journal}') IS NOT NULL", connection))
        {
            if (exists.ExecuteScalar() is not true)
            {
                return names;
            }
        }

        using var command = new NpgsqlCommand($"SELECT scriptname FROM {Journal}", connection);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            names.Add(row.GetString(0));
        }

        return names;
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Each script runs in its own transaction with these settings.</summary>
    private sealed class Settings(MigrationWait wait) : IScriptPreprocessor
    {
        public string Process(string contents) => $"{wait.Settings}\n{contents}";
    }
}
