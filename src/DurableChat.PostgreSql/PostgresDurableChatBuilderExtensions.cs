using System.Diagnostics.Metrics;
using DurableChat.Cluster;
using DurableChat.Diagnostics;
using DurableChat.Notifications;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace DurableChat.PostgreSql;

/// <summary>Keeps chats in PostgreSQL.</summary>
public static class PostgresDurableChatBuilderExtensions
{
    /// <summary>
    /// Keeps chats in PostgreSQL, for any number of replicas, which tell each other of commits through it. The schema is made or brought up to date when the host starts.
    /// </summary>
    /// <param name="builder">What <c>AddDurableChat</c> gave back.</param>
    /// <param name="connectionString">An Npgsql connection string, or a URL such as <c>postgres://user:password@host/database</c>.</param>
    /// <param name="configure">Changes further settings; null leaves them.</param>
    /// <param name="channel">The name of the notification channel, the same for all replicas of a cluster; null for one that is made of a name that the database keeps.</param>
    /// <exception cref="InvalidOperationException">There is a store already.</exception>
    public static DurableChatBuilder UsePostgreSql(
        this DurableChatBuilder builder, string connectionString, Func<PostgresStoreOptions, PostgresStoreOptions>? configure = null, string? channel = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var options = new PostgresStoreOptions(connectionString);
        options = configure?.Invoke(options) ?? options;
        builder.UseStore(provider =>
        {
            var suited = PostgresTimeouts.Suit(options, builder.Options);
            PostgresTimeouts.Check(suited, builder.Options);
            return PostgresChatStore.Open(
                suited,
                provider.GetRequiredService<StoreMetrics>(),
                provider.GetService<IMeterFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ILogger<PostgresChatStore>>());
        });
        builder.Services.AddSingleton<IClusterIdentity>(provider => provider.GetRequiredService<PostgresChatStore>());
        builder.Services.AddSingleton<IPublicKeyStore>(provider => provider.GetRequiredService<PostgresChatStore>());
        builder.Services.TryAddSingleton<INotificationChannel>(provider => new PostgresChannel(
            options,
            provider.GetRequiredService<StoreMetrics>(),

            // Clusters that share a database with a schema for each must not hear each other: an owner's list would show the other cluster's chats.
            channel ?? $"durablechat_{provider.GetRequiredService<IClusterIdentity>().GetClusterNameAsync(CancellationToken.None).GetAwaiter().GetResult()}"));
        return builder;
    }
}
