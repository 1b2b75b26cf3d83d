using System.CommandLine;

namespace DurableChat.Server.Stores;

/// <summary>The command line options that select the store.</summary>
internal sealed class StoreOptions
{
    private readonly Option<string?> _data = new("--data") { Description = "The SQLite file; it and its folder are made if missing." };
    private readonly Option<string?> _store = new("--store") { Description = "Where chats are kept: a PostgreSQL connection string (Host=…), a URL (postgres://…), or a SQLite file." };

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_store);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_data) is not null && result.GetResult(_store) is not null)
            {
                result.AddError("--data and --store both say where chats are kept: give one of them.");
            }
        });
    }

    /// <summary>The value of the file option; null if it is not given.</summary>
    public string? Data(ParseResult parsed) => parsed.GetValue(_data);

    /// <summary>The value of the store option; null if it is not given.</summary>
    public string? Store(ParseResult parsed) => parsed.GetValue(_store);
}
