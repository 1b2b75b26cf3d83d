using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Tickets;
using DurableChat.Diagnostics;
using DurableChat.Notifications;
using DurableChat.PostgreSql;
using DurableChat.Redis;
using DurableChat.Relays;
using DurableChat.Sqlite;
using DurableChat.Storage;

namespace DurableChat.Server;

/// <summary>Chooses the store.</summary>
internal static partial class StoreSetup
{
    /// <summary>Adds the store that the command line or else the configuration names.</summary>
    /// <exception cref="ConfigurationException">Both stores are configured.</exception>
    public static void Add(IServiceCollection services, ServeOptions options, IConfiguration configuration)
    {
        services.AddSingleton(provider => new StoreMetrics(provider.GetService<IMeterFactory>()));
        var choice = StoreChoice.Read(options.Data, options.Store, configuration);
        var notifications = Settings.Read<NotificationSettings>(configuration, "Notifications") ?? new NotificationSettings();
        if (choice.PostgreSql is { } postgres)
        {
            AddPostgres(services, postgres, notifications, configuration);
            return;
        }

        if (!string.IsNullOrEmpty(notifications.Redis))
        {
            throw new ConfigurationException("Notifications:Redis is set, but a SQLite file serves one process, which has nobody to notify. Remove it, or set Store:PostgreSql.");
        }

        services.AddSingleton(provider =>
            SqliteChatStore.Open(new SqliteStoreOptions(choice.SqlitePath), provider.GetRequiredService<StoreMetrics>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IChatStore>(provider => provider.GetRequiredService<SqliteChatStore>());
        services.AddSingleton<ILeaseStore>(provider => provider.GetRequiredService<SqliteChatStore>());
        services.AddSingleton<IRetentionStore>(provider => provider.GetRequiredService<SqliteChatStore>());
    }

    private static void AddChannel(IServiceCollection services, NotificationSettings settings)
    {
        if (settings.Channel is { } given && !ChannelName().IsMatch(given))
        {
            throw new ConfigurationException("Notifications:Channel must have 1 to 63 letters, digits, '_' or '-'.");
        }

        services.AddSingleton<INotificationChannel>(provider =>
        {
            // Clusters that share a Redis, or a database with a schema for each, must not hear each other: an owner's list would show the other cluster's chats.
            var name = settings.Channel ?? $"durablechat_{provider.GetRequiredService<PostgresChatStore>().GetClusterNameAsync(CancellationToken.None).GetAwaiter().GetResult()}";
            return string.IsNullOrEmpty(settings.Redis)
                ? new PostgresChannel(provider.GetRequiredService<PostgresStoreOptions>(), provider.GetRequiredService<StoreMetrics>(), name)
                : OpenRedis(settings.Redis, name);
        });
    }

    private static RedisChannel OpenRedis(string configuration, string name)
    {
        try
        {
            return new RedisChannel(configuration, name);
        }
        catch (ArgumentException exception)
        {
            // What is configured may hold a password, so it is not repeated.
            throw new ConfigurationException($"Notifications:Redis cannot be read: {exception.Message}");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,63}$")]
    private static partial Regex ChannelName();

    private static void AddCluster(IServiceCollection services, ClusterSettings settings)
    {
        const int MinSecret = 32;
        if (settings.Secret is { Length: < MinSecret })
        {
            throw new ConfigurationException($"Cluster:Secret must have at least {MinSecret} characters.");
        }

        // As a bearer token it goes into a header.
        if (settings.Secret?.All(character => character is > ' ' and < '\x7f') == false)
        {
            throw new ConfigurationException("Cluster:Secret must be visible ASCII characters.");
        }

        if (settings.Address is { } address && !(address.IsAbsoluteUri && address.Scheme is ("http" or "https")))
        {
            throw new ConfigurationException("Cluster:Address must be a URL of http or https, e.g. http://10.0.0.5:9090.");
        }

        ListenAddress.Check("Cluster:Url", settings.Url);
        if (settings.Address is null && BindingAddress.Parse(settings.Url).Host is "0.0.0.0" or "[::]" or "*" or "+")
        {
            throw new ConfigurationException("Cluster:Url names no one address: set Cluster:Address to the URL at which other replicas reach this one.");
        }

        services.AddSingleton(provider => new ClusterSecret(
            settings.Secret ?? provider.GetRequiredService<PostgresChatStore>().GetClusterSecretAsync(CancellationToken.None).GetAwaiter().GetResult()));
        services.AddSingleton(provider => StreamTicketKey.Derive(provider.GetRequiredService<ClusterSecret>().Value));
        services.AddSingleton<IRelay>(provider => new HttpRelay(provider.GetRequiredService<ClusterSecret>().Value));
        services.AddHostedService(provider => new ClusterListener(
            settings,
            provider.GetRequiredService<ClusterSecret>().Value,
            provider.GetRequiredService<RelaySource>(),
            provider.GetRequiredService<DurableChatOptions>().Worker));
    }

    private sealed record ClusterSecret(string Value);

    private static void AddPostgres(IServiceCollection services, string connectionString, NotificationSettings notifications, IConfiguration configuration)
    {
        var options = new PostgresStoreOptions(connectionString);
        if (Settings.Read<StoreSettings>(configuration, "Store")?.MaxConnections is { } connections)
        {
            options = options with { MaxConnections = connections is > 0 and <= 1_000 ? connections : throw new ConfigurationException("Store:MaxConnections is a number from 1 to 1000.") };
        }

        services.AddSingleton(options);
        services.AddSingleton(provider => PostgresChatStore.Open(
            options, provider.GetRequiredService<StoreMetrics>(), provider.GetService<IMeterFactory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IChatStore>(provider => provider.GetRequiredService<PostgresChatStore>());
        services.AddSingleton<ILeaseStore>(provider => provider.GetRequiredService<PostgresChatStore>());
        services.AddSingleton<IRetentionStore>(provider => provider.GetRequiredService<PostgresChatStore>());
        AddChannel(services, notifications);
        AddCluster(services, Settings.Read<ClusterSettings>(configuration, "Cluster") ?? new ClusterSettings());
    }
}
