using DurableChat.Cluster;
using DurableChat.Notifications;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.Redis;

/// <summary>Sends notifications over Redis.</summary>
public static class RedisDurableChatBuilderExtensions
{
    /// <summary>
    /// Makes replicas notify each other of commits over Redis, instead of through the store. The replicas must share
    /// the store.
    /// </summary>
    /// <param name="builder">The builder that <c>AddDurableChat</c> returned.</param>
    /// <param name="configuration">
    /// The Redis server in the format of StackExchange.Redis, e.g. <c>localhost:6379,password=…</c>.
    /// </param>
    /// <param name="channel">
    /// The name of the channel, the same for all replicas of a cluster. Null derives it from a name that the store
    /// stores.
    /// </param>
    public static DurableChatBuilder UseRedis(
        this DurableChatBuilder builder,
        string configuration,
        string? channel = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        builder.Services.Replace(ServiceDescriptor.Singleton<INotificationChannel>(provider => new RedisChannel(
            configuration,

            // Clusters that share a Redis server must not receive each other's notifications: an owner's list would
            // show the other cluster's chats.
            channel ?? $"durablechat_{ClusterNameOf(provider)}")));
        return builder;
    }

    private static string ClusterNameOf(IServiceProvider provider) =>
        provider.GetRequiredService<IClusterIdentity>()
            .GetClusterNameAsync(CancellationToken.None)
            .GetAwaiter()
            .GetResult();
}
