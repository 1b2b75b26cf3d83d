using System.CommandLine;
using DurableChat.PostgreSql;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Server.Stores;
using DurableChat.Server.Text;
using DurableChat.Sqlite;

namespace DurableChat.Server.Commands;

/// <summary>
/// The command for a restore after a loss: it puts a backup in place, and begins a new epoch of every chat. Messages
/// that clients saw after the backup are no longer in the history. Without a new epoch, other messages would get their
/// ids.
/// </summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var backup = new Argument<string?>("from") { Description = "The backup of a SQLite database; leave it out for PostgreSQL, which is restored with its own tools first.", Arity = ArgumentArity.ZeroOrOne };
        var store = new StoreOptions();
        var command = new Command("restore", "Puts a backup in place while no server runs, and makes all clients reload their chats.") { backup };
        store.AddTo(command);
        command.SetAction((parsed, _) => PlainErrors.RunAsync(() =>
        {
            var choice = StoreChoice.Read(store.Data(parsed), store.Store(parsed), ServerConfiguration.CreateBuilder([]).Configuration);
            var chats = Restore(choice, parsed.GetValue(backup));
            Console.WriteLine($"The database is restored: {chats} chats. Clients reload them. Start the server.");
            return Task.CompletedTask;
        }));
        return command;
    }

    private static long Restore(StoreChoice choice, string? backup)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (choice.PostgreSql is { } connectionString)
        {
            return backup is null
                ? PostgresRestore.BeginNewEpochs(new PostgresStoreOptions(connectionString), now)
                : throw new ConfigurationException("PostgreSQL is restored with its own tools, e.g. pg_restore. Do that first, then run this command without a file.");
        }

        return backup is null
            ? throw new ConfigurationException("Name the backup: durablechat restore FILE")
            : SqliteBackup.Restore(backup, choice.SqlitePath, now);
    }
}
