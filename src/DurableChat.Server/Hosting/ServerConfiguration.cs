using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace DurableChat.Server.Hosting;

/// <summary>Builds the configuration from its sources.</summary>
internal static class ServerConfiguration
{
    /// <summary>
    /// Creates an application with its configuration. In ascending order of precedence: appsettings.json next to the
    /// program, appsettings.json in the working folder, the environment, and the given settings.
    /// </summary>
    /// <exception cref="InvalidDataException">A file cannot be parsed.</exception>
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
