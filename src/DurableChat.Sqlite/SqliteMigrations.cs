using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>Brings the schema up to date with the numbered scripts of this assembly. Each runs once, in its own transaction.</summary>
internal static class SqliteMigrations
{
    private const string Prefix = "DurableChat.Sqlite.Migrations.";

    /// <summary>Applies what is missing.</summary>
    /// <exception cref="ChatStoreException">The database was made by a newer version, or a script failed.</exception>
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
}
