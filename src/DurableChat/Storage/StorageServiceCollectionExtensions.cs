using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.Storage;

/// <summary>Adds what stands for the store until there is one.</summary>
internal static class StorageServiceCollectionExtensions
{
    private static readonly Func<IServiceProvider, object> _missing = static _ => throw new InvalidOperationException(
        "DurableChat has no store to keep chats in: call UseSqlite or UsePostgreSql on the builder that "
            + "AddDurableChat returns.");

    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.TryAdd(ServiceDescriptor.Singleton(typeof(IChatStore), _missing));
        services.TryAdd(ServiceDescriptor.Singleton(typeof(ILeaseStore), _missing));
        return services;
    }

    /// <summary>True if the host has registered a store.</summary>
    public static bool HasStore(this IServiceCollection services) =>
        services.Any(service => service is { IsKeyedService: false }
            && service.ServiceType == typeof(IChatStore)
            && service.ImplementationFactory != _missing);
}
