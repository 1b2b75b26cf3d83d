using DurableChat.Models;
using DurableChat.Server.Configuration;
using DurableChat.Server.Models;

namespace DurableChat.Server.Recorders;

/// <summary>Puts the recorder between the models and their providers, if one is configured.</summary>
internal static class RecorderSetup
{
    /// <summary>
    /// Adds the recorder. Call this before the worker is added: hosted services start in order, and the first turns
    /// start at once.
    /// </summary>
    /// <returns>Sends the models' requests; null for the network.</returns>
    /// <exception cref="ConfigurationException">The recorder's configuration is invalid.</exception>
    public static HttpMessageHandler? Add(WebApplicationBuilder builder, ServeOptions options)
    {
        if (RecorderChoice.Read(options, builder.Configuration) is not { } choice)
        {
            return null;
        }

        var link = new RecorderLink(choice);
        var models = Settings.Read<ModelSettings[]>(builder.Configuration, "Models") ?? [];
        var keys = models.Select(model => model.ApiKeyVariable).OfType<string>().ToHashSet();
        builder.Services.AddSingleton(_ => link);
        builder.Services.AddSingleton<IModelCallKeeper, RecorderKeeper>();
        builder.Services.AddSingleton(services => new RecorderWatch(
            link,
            choice.Folder is { } folder
                ? new RecorderProcess(folder, keys, services.GetRequiredService<ILogger<RecorderProcess>>())
                : null,
            TimeProvider.System,
            services.GetRequiredService<ILogger<RecorderWatch>>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<RecorderWatch>());
        return new RecorderHandler(link);
    }
}
