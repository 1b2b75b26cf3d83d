using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.Models;

/// <summary>Adds the models and tools.</summary>
internal static class ModelServiceCollectionExtensions
{
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.TryAddSingleton(Catalog);
        return services.AddSingleton<ToolRegistry>().AddSingleton<SettingNotes>();
    }

    private static ModelCatalog Catalog(IServiceProvider provider)
    {
        ModelDefinition[] models = [.. provider.GetServices<ModelDefinition>()];
        if (models.Length > 0)
        {
            return new ModelCatalog(models);
        }

        return provider.GetService<IChatClient>() is { } only
            ? new ModelCatalog([new ModelDefinition(ModelCatalog.DefaultName, only)])
            : throw new InvalidOperationException(
                "DurableChat has no model to answer: call AddModel on what AddDurableChat gives back, or add an "
                + $"{nameof(IChatClient)} to the services.");
    }
}
