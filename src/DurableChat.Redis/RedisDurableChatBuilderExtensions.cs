using DurableChat.Cluster;
using DurableChat.Notifications;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.Redis;

/// <summary>Carries notifications over Redis.</summary>
public static class RedisDurableChatBuilderExtensions
{
    /// <summary>Lets replicas tell each other of commits over Redis, whatever the store offers. The store must be one that replicas share.</summary>
    /// <param name="builder">What <c>AddDurableChat</c> gave back.</param>
    /// <param name="configuration">Where Redis is, as StackExchange.Redis reads it, e.g. <c>localhost:6379,password=…</c>.</param>
    /// <param name="channel">The name of the channel, the same for all replicas of a cluster; null for one that is made of a name that the store keeps.</param>
    public static DurableChatBuilder UseRedis(this DurableChatBuilder builder, string configuration, string? channel = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        builder.Services.Replace(ServiceDescriptor.Singleton<INotificationChannel>(provider => new RedisChannel(
            configuration,

            // Clusters that share a Redis must not hear each other: an owner's list would show the other cluster's chats.
            channel ?? $"durablechat_{provider.GetRequiredService<IClusterIdentity>().GetClusterNameAsync(CancellationToken.None).GetAwaiter().GetResult()}")));
        return builder;
    }
}
