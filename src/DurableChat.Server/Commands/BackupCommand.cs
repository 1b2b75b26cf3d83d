using System.CommandLine;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Server.Stores;
using DurableChat.Server.Text;
using DurableChat.Sqlite;

namespace DurableChat.Server.Commands;

/// <summary>The command that backs up a SQLite database, even while a server uses it.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("to") { Description = "The file to write; it must not exist." };
        var store = new StoreOptions();
        var command = new Command("backup", "Writes a copy of the SQLite database to a file, also while the server runs.") { target };
        store.AddTo(command);
        command.SetAction((parsed, _) => PlainErrors.RunAsync(() =>
        {
            var choice = StoreChoice.Read(store.Data(parsed), store.Store(parsed), ServerConfiguration.CreateBuilder([]).Configuration);
            if (choice.PostgreSql is not null)
            {
                throw new ConfigurationException("PostgreSQL is backed up with its own tools, e.g. pg_dump; docs/operations.md tells how.");
            }

            SqliteBackup.Save(choice.SqlitePath, parsed.GetRequiredValue(target));
            Console.WriteLine($"The database '{choice.SqlitePath}' is saved in '{parsed.GetRequiredValue(target)}'. 'durablechat restore' puts it in place.");
            return Task.CompletedTask;
        }));
        return command;
    }
}
