using DurableChat.Models;

namespace DurableChat.Server.Models;

/// <summary>Makes the models of the configuration. Without any there is the demo model.</summary>
internal static class ModelCatalogFactory
{
    /// <summary>Makes the catalogue.</summary>
    /// <exception cref="ConfigurationException">A model is not configured right. The message names it, never its key.</exception>
    public static ModelCatalog Create(IConfiguration configuration, TimeProvider time)
    {
        var settings = Settings.Read<ModelSettings[]>(configuration, "Models") ?? [];
        if (settings.Length == 0)
        {
            settings = [new ModelSettings { Name = "demo", Provider = "demo" }];
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var models = new List<ModelDefinition>();
        for (var i = 0; i < settings.Length; i++)
        {
            var name = settings[i].Name;
            if (string.IsNullOrWhiteSpace(name))
            {
                throw new ConfigurationException($"Models:{i}:Name is missing.");
            }

            if (!names.Add(name))
            {
                throw new ConfigurationException($"Two models are named '{name}'.");
            }

            models.Add(CreateModel(name, settings[i], time));
        }

        return new ModelCatalog(models);
    }

    private static ModelDefinition CreateModel(string name, ModelSettings settings, TimeProvider time)
    {
        if (settings.Endpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https")))
        {
            throw new ConfigurationException($"The endpoint of model '{name}' is not an http or https address.");
        }

        switch (settings.Provider?.ToLowerInvariant())
        {
            case "demo":
                if (settings.DelayMs is < 0 or > 60_000)
                {
                    throw new ConfigurationException($"The delay of model '{name}' must be 0 to 60000 milliseconds.");
                }

                return new ModelDefinition(name, new DemoModel(TimeSpan.FromMilliseconds(settings.DelayMs), time), settings.Description ?? "Built in: needs no key, shows what the server can do.");

            case "openai":
                RequireModel(name, settings);
                RequireKeyForOwnHost(name, settings);
                return WithoutKeyInErrors(OpenAIModel.Create(name, settings), settings);

            case "anthropic":
                RequireModel(name, settings);
                RequireKeyForOwnHost(name, settings);
                return WithoutKeyInErrors(AnthropicModel.Create(name, settings), settings);

            default:
                throw new ConfigurationException($"The provider of model '{name}' is '{settings.Provider}'; it must be demo, openai or anthropic.");
        }
    }

    private static ModelDefinition WithoutKeyInErrors(ModelDefinition model, ModelSettings settings) =>
        settings.FindKey() is { Length: > 0 } key ? model with { Client = new KeyRedaction(model.Client, key, model.MapError!) } : model;

    private static void RequireModel(string name, ModelSettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.Model))
        {
            throw new ConfigurationException($"Model '{name}' lacks 'Model', the provider's name of it.");
        }
    }

    private static void RequireKeyForOwnHost(string name, ModelSettings settings)
    {
        if (settings.Endpoint is null && string.IsNullOrEmpty(settings.FindKey()))
        {
            throw new ConfigurationException(
                settings.ApiKeyVariable is { } variable
                    ? $"Model '{name}' takes its key from the environment variable {variable}, which is not set."
                    : $"Model '{name}' lacks a key: set ApiKeyVariable to the environment variable that holds it.");
        }
    }
}
