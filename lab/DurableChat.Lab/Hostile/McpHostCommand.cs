using System.CommandLine;
using DurableChat.AspNetCore;
using DurableChat.Mcp;
using DurableChat.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Lab.Hostile;

/// <summary>
/// The command that runs an application with the library and tools of MCP servers, which the server program has none
/// of. Owners are who they say they are. Hidden: the attack on MCP starts it.
/// </summary>
internal static class McpHostCommand
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "mcp-host";

    /// <summary>The message on which the model calls a tool.</summary>
    public const string CallWord = "call";

    public static Command Create()
    {
        var urls = new Option<string>("--urls") { Required = true };
        var store = new Option<string>("--store") { Required = true };
        var command = new Command(Name, "Runs an application with tools of MCP servers.") { urls, store };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(urls), parsed.GetRequiredValue(store), cancellationToken));
        return command;
    }

    private static async Task RunAsync(string urls, string store, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(store)!);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(urls);
        using var model = new CallingModel();
        builder.Services.AddDurableChat(options => builder.Configuration.GetSection("DurableChat").Bind(options))
            .UseSqlite(store)
            .AddModel("default", model)
            .AddModel("quick", model)
            .UseOwner(context => context.Request.Headers.Authorization.ToString())
            .AddMcp(mcp =>
            {
                foreach (var (number, url) in (builder.Configuration["Lab:Mcp"] ?? "").Split(' ').Index())
                {
                    mcp.Servers.Add(new McpServer
                    {
                        Name = $"hostile-{number}",
                        Url = new Uri(url),
                        AllowedTools = [McpServer.AllTools],
                    });
                }
            });
        await using var app = builder.Build();
        app.MapDurableChat("/api/v1").AllowAnonymous();
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"The lab's host is ready on {app.Urls.First()}");
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
