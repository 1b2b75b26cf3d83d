using System.CommandLine;
using System.CommandLine.Parsing;
using DurableChat.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DurableChat.Server;

/// <summary>The command that runs the server.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var urls = new Option<string?>("--urls") { Description = "Where to listen, e.g. http://127.0.0.1:8080; several are separated by semicolons." };
        var data = new Option<string?>("--data") { Description = "The SQLite file; it and its folder are made if missing." };
        var store = new Option<string?>("--store") { Description = "Where chats are kept: a PostgreSQL connection string (Host=…), a URL (postgres://…), or a SQLite file." };
        var window = new Option<int?>("--durable-window") { Description = "How many messages of a chat are kept in memory for its streams; 0 turns that off." };
        window.Validators.Add(RequireNotNegative);
        var command = new Command("serve", "Runs the server.") { urls, data, store, window };
        command.Validators.Add(result =>
        {
            if (result.GetResult(data) is not null && result.GetResult(store) is not null)
            {
                result.AddError("--data and --store both say where chats are kept: give one of them.");
            }
        });
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(new ServeOptions(parsed.GetValue(urls), parsed.GetValue(data), parsed.GetValue(store), parsed.GetValue(window)), cancellationToken));
        return command;
    }

    private static void RequireNotNegative(OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number is < 0 or > 65_536)
        {
            result.AddError("--durable-window is a number from 0 to 65536.");
        }
    }

    private static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = ServerApplication.Build(options, []);

            // Opened before anything listens, so that what is wrong with the database is said plainly.
            _ = app.Services.GetRequiredService<IChatStore>();
            await app.StartAsync(cancellationToken);
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            Console.WriteLine($"DurableChat is ready on {string.Join(", ", addresses)} (API reference: /docs)");
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is ConfigurationException or ChatStoreException)
        {
            await Console.Error.WriteLineAsync($"durablechat: {exception.Message}");
            return 2;
        }
        catch (IOException exception)
        {
            await Console.Error.WriteLineAsync($"durablechat: The server cannot listen: {exception.Message}");
            return 2;
        }
    }
}
