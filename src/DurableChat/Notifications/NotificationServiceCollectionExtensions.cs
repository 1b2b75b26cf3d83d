using System.Diagnostics.Metrics;
using DurableChat.Cluster;
using DurableChat.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Notifications;

/// <summary>Adds the notifications between replicas.</summary>
internal static class NotificationServiceCollectionExtensions
{
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddSingleton(static provider => new ChannelState(HasChannel(provider)))
        .AddSingleton(static provider => new NotificationMetrics(
            provider.GetService<IMeterFactory>(), () => provider.GetRequiredService<ChannelState>().IsUp))
        .AddSingleton<NotificationSeal>()
        .AddHostedService<Notifier>()
        .AddHostedService<NotificationReceiver>()
        .AddHostedService<VersionSync>();

    private static bool HasChannel(IServiceProvider provider) =>
        provider.GetService<INotificationChannel>() is not null
        && (provider.GetRequiredService<ClusterKeys>().HasSecret
            ? true
            : throw new InvalidOperationException(
                "Notifications must be sealed, and the replicas share no secret: register an "
                + $"{nameof(IClusterIdentity)}, or set a secret in UseRelay."));
}
