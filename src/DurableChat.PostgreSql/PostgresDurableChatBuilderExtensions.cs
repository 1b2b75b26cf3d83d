using System.Diagnostics.Metrics;
using DurableChat.Cluster;
using DurableChat.Diagnostics;
using DurableChat.Notifications;
using DurableChat.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace DurableChat.PostgreSql;

/// <summary>Stores chats in PostgreSQL.</summary>
public static class PostgresDurableChatBuilderExtensions
{
    /// <summary>
    /// Stores chats in PostgreSQL, for any number of replicas, which also notify each other of commits through it. The
    /// schema is created or brought up to date when the host starts.
    /// </summary>
    /// <param name="builder">The builder that <c>AddDurableChat</c> returned.</param>
    /// <param name="connectionString">
    /// An Npgsql connection string, or a URL such as <c>postgres://user:password@host/database</c>.
    /// </param>
    /// <param name="configure">Changes further settings; null keeps the defaults.</param>
    /// <param name="channel">
    /// The name of the notification channel, the same for all replicas of a cluster. Null derives it from a name that
    /// the database stores.
    /// </param>
    /// <exception cref="InvalidOperationException">A store has already been chosen.</exception>
    public static DurableChatBuilder UsePostgreSql(
        this DurableChatBuilder builder,
        string connectionString,
        Func<PostgresStoreOptions, PostgresStoreOptions>? configure = null,
        string? channel = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var options = new PostgresStoreOptions(connectionString);
        options = configure?.Invoke(options) ?? options;
        builder.UseStore(provider =>
        {
            var settings = provider.GetRequiredService<DurableChatOptions>();
            var suited = PostgresTimeouts.Suit(options, settings);
            PostgresTimeouts.Check(suited, settings);
            return PostgresChatStore.Open(
                suited,
                provider.GetRequiredService<StoreMetrics>(),
                provider.GetService<IMeterFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ILogger<PostgresChatStore>>());
        });
        builder.Services.AddSingleton<IReplicaSessions>(provider => new PostgresReplicaSessions(
            options, provider.GetRequiredService<StoreMetrics>()));
        builder.Services.AddSingleton<IClusterIdentity>(provider => provider.GetRequiredService<PostgresChatStore>());
        builder.Services.AddSingleton<IPublicKeyStore>(provider => provider.GetRequiredService<PostgresChatStore>());
        builder.Services.TryAddSingleton<INotificationChannel>(provider => new PostgresChannel(
            options,
            provider.GetRequiredService<StoreMetrics>(),

            // Clusters that share a database, with a schema for each, must not receive each other's notifications: an
            // owner's list would show the other cluster's chats.
            channel ?? $"durablechat_{ClusterNameOf(provider)}"));
        return builder;
    }

    private static string ClusterNameOf(IServiceProvider provider) =>
        provider.GetRequiredService<IClusterIdentity>()
            .GetClusterNameAsync(CancellationToken.None)
            .GetAwaiter()
            .GetResult();
}
