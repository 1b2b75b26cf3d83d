using System.CommandLine;
using System.CommandLine.Parsing;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Server.Stores;
using DurableChat.Server.Text;
using DurableChat.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DurableChat.Server.Commands;

/// <summary>The command that runs the server.</summary>
internal static class ServeCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="configure">Changes what the server is built of, last; null for nothing.</param>
    public static Command Create(Action<WebApplicationBuilder>? configure = null)
    {
        var urls = new Option<string?>("--urls") { Description = "Where to listen, e.g. http://127.0.0.1:8080; several are separated by semicolons." };
        var store = new StoreOptions();
        var window = new Option<int?>("--durable-window") { Description = "How many messages of a chat are kept in memory for its streams; 0 turns that off." };
        window.Validators.Add(RequireNotNegative);
        var recorder = new Option<string?>("--recorder") { Description = "The recorder that model calls go through: unix:/path, an http address, or auto to start one beside the server." };
        var command = new Command("serve", "Runs the server.") { urls, window, recorder };
        store.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            PlainErrors.RunAsync(() => RunAsync(new ServeOptions(parsed.GetValue(urls), store.Data(parsed), store.Store(parsed), parsed.GetValue(window)) { Recorder = parsed.GetValue(recorder) }, configure, cancellationToken)));
        return command;
    }

    private static void RequireNotNegative(OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number is < 0 or > 65_536)
        {
            result.AddError("--durable-window is a number from 0 to 65536.");
        }
    }

    private static async Task RunAsync(ServeOptions options, Action<WebApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        await using var app = await StartAsync(options, configure, cancellationToken);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Console.WriteLine($"DurableChat is ready on {string.Join(", ", addresses)} (API reference: /docs)");
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static async Task<WebApplication> StartAsync(ServeOptions options, Action<WebApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        var app = ServerApplication.Build(options, [], configure);
        try
        {
            // Opened before the server listens, so that a problem with the database is reported clearly.
            _ = app.Services.GetRequiredService<IChatStore>();
            await app.StartAsync(cancellationToken);
            LoadedAssemblies.Load();
            return app;
        }
        catch (Exception exception)
        {
            // Explained before the clean-up, which disposes of the configuration.
            var explained = ListenAddress.IsFailure(exception)
                ? ListenAddress.Explain(ServerApplication.UrlsSetting, app.Configuration[ServerApplication.UrlsSetting]!, exception)
                : null;

            // Stopping a partly started host causes errors of its own, which must not hide why it did not start. A
            // background service that is only disposed of would be logged as failed, so the host is stopped first.
            await CleanUp.TryAsync(() => app.StopAsync(CancellationToken.None));
            await CleanUp.TryAsync(() => app.DisposeAsync().AsTask());
            if (explained is not null)
            {
                throw explained;
            }

            throw;
        }
    }
}
