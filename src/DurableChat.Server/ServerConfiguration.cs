using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace DurableChat.Server;

/// <summary>Where the configuration comes from.</summary>
internal static class ServerConfiguration
{
    /// <summary>Begins an application with its configuration: appsettings.json beside the program, the one where it is started, the environment, and the settings given, which count most.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read.</exception>
    public static WebApplicationBuilder CreateBuilder(IReadOnlyList<string> settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(ServerConfiguration).Assembly.GetName().Name });
        builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
        {
            Path = "appsettings.json",
            FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
            Optional = true,
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])));
        KnownSettings.Check(builder.Configuration);
        return builder;
    }
}
