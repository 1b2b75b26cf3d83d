using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.Cluster;

/// <summary>Adds what the replicas of a cluster share.</summary>
internal static class ClusterServiceCollectionExtensions
{
    public static IServiceCollection AddCluster(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new ClusterKeys(
            provider.GetService<IClusterIdentity>(), [], provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ClusterTime>();
        return services.AddKeyedSingleton<TimeProvider>(
            ClusterTime.Key, static (provider, _) => provider.GetRequiredService<ClusterTime>());
    }
}
