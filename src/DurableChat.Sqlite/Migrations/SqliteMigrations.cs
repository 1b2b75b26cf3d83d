using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>
/// Brings the schema up to date with the numbered scripts of this assembly. Each script runs once, in its own
/// transaction.
/// </summary>
internal static class SqliteMigrations
{
    private const string Prefix = "DurableChat.Sqlite.Migrations.";

    private const string Journal = "SchemaVersions";

    /// <summary>Refuses a database that holds another program's tables. Changes nothing.</summary>
    /// <exception cref="ChatStoreException">The database contains another program's tables.</exception>
    public static void RefuseForeign(SqliteConnection connection, string path)
    {
        var tables = Read(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        var foreign = tables.Contains(Journal)
            ? Read(connection, $"SELECT ScriptName FROM {Journal}").Find(script => !script.StartsWith(Prefix, StringComparison.Ordinal))
            : tables.FirstOrDefault();
        if (foreign is not null)
        {
            throw new ChatStoreException($"The database '{path}' belongs to another program (it has '{foreign}'). Give the server a file of its own.");
        }
    }

    /// <summary>Applies the missing scripts.</summary>
    /// <exception cref="ChatStoreException">
    /// The database was created by a newer version, or a script failed.
    /// </exception>
    public static void Apply(SqliteConnection connection, string path)
    {
        using var shared = new DbUp.Sqlite.Helpers.SharedConnection(connection);
        var engine = DeployChanges.To
            .SqliteDatabase(shared)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .WithTransactionPerScript()
            .LogTo(new NoOpUpgradeLog())
            .Build();
        var known = engine.GetDiscoveredScripts().Select(script => script.Name).ToHashSet(StringComparer.Ordinal);
        if (engine.GetExecutedScripts().FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new ChatStoreException(
                $"The database '{path}' was made by a newer version of DurableChat (it has the migration '{unknown[Prefix.Length..]}'). Run that version, or give this one another file.");
        }

        DatabaseUpgradeResult result = engine.PerformUpgrade();
        if (!result.Successful)
        {
            throw new ChatStoreException($"The migration '{result.ErrorScript?.Name}' of the database '{path}' failed.", result.Error);
        }
    }

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var names = new List<string>();
        while (rows.Read())
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }
}
