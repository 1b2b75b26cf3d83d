using System.Diagnostics.Metrics;
using DurableChat.AspNetCore;
using DurableChat.Diagnostics;
using DurableChat.Notifications;
using DurableChat.PostgreSql;
using DurableChat.Redis;
using DurableChat.Relays;
using DurableChat.Sqlite;
using DurableChat.Storage;

namespace DurableChat.Server;

/// <summary>Chooses the store.</summary>
internal static class StoreSetup
{
    private const string DefaultData = "durablechat.db";
    private const string SqlitePrefix = "sqlite:";

    /// <summary>Adds the store that the command line or else the configuration names.</summary>
    /// <exception cref="ConfigurationException">Both stores are configured.</exception>
    public static void Add(IServiceCollection services, ServeOptions options, IConfiguration configuration)
    {
        services.AddSingleton(provider => new StoreMetrics(provider.GetService<IMeterFactory>()));
        var given = options.Store ?? options.Data;
        var postgres = given is null ? configuration["Store:PostgreSql"] : IsPostgres(given) ? given : null;
        if (given is null && postgres is { Length: > 0 } && configuration["Store:Sqlite"] is { Length: > 0 })
        {
            throw new ConfigurationException("Store:PostgreSql and Store:Sqlite are both set: remove one of them.");
        }

        if (postgres is { Length: > 0 })
        {
            AddPostgres(services, postgres, configuration);
            return;
        }

        var path = given ?? configuration["Store:Sqlite"] ?? DefaultData;
        path = path.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase) ? path[SqlitePrefix.Length..] : path;
        services.AddSingleton(provider =>
            SqliteChatStore.Open(new SqliteStoreOptions(path), provider.GetRequiredService<StoreMetrics>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IChatStore>(provider => provider.GetRequiredService<SqliteChatStore>());
        services.AddSingleton<ILeaseStore>(provider => provider.GetRequiredService<SqliteChatStore>());
    }

    /// <summary>True for a connection string or a URL; false for a file's path.</summary>
    public static bool IsPostgres(string store) =>
        store.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || store.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || store.Split(';').Any(part => part.TrimStart().StartsWith("Host=", StringComparison.OrdinalIgnoreCase) || part.TrimStart().StartsWith("Server=", StringComparison.OrdinalIgnoreCase));

    private static void AddChannel(IServiceCollection services, string? redis)
    {
        if (string.IsNullOrEmpty(redis))
        {
            services.AddSingleton<INotificationChannel, PostgresChannel>();
            return;
        }

        try
        {
            var channel = new RedisChannel(redis);
            services.AddSingleton<INotificationChannel>(channel);
        }
        catch (ArgumentException exception)
        {
            // What is configured may hold a password, so it is not repeated.
            throw new ConfigurationException($"Notifications:Redis cannot be read: {exception.Message}");
        }
    }

    private static void AddCluster(IServiceCollection services, ClusterSettings settings)
    {
        const int MinSecret = 32;
        if (settings.Secret is { Length: < MinSecret })
        {
            throw new ConfigurationException($"Cluster:Secret must have at least {MinSecret} characters.");
        }

        if (settings.Address is null && BindingAddress.Parse(settings.Url).Host is "0.0.0.0" or "[::]" or "*" or "+")
        {
            throw new ConfigurationException("Cluster:Url names no one address: set Cluster:Address to the URL at which other replicas reach this one.");
        }

        services.AddSingleton(provider => new ClusterSecret(
            settings.Secret ?? provider.GetRequiredService<PostgresChatStore>().GetClusterSecretAsync(CancellationToken.None).GetAwaiter().GetResult()));
        services.AddSingleton<IRelay>(provider => new HttpRelay(provider.GetRequiredService<ClusterSecret>().Value));
        services.AddHostedService(provider => new ClusterListener(
            settings,
            provider.GetRequiredService<ClusterSecret>().Value,
            provider.GetRequiredService<RelaySource>(),
            provider.GetRequiredService<DurableChatOptions>().Worker));
    }

    private sealed record ClusterSecret(string Value);

    private static void AddPostgres(IServiceCollection services, string connectionString, IConfiguration configuration)
    {
        var options = new PostgresStoreOptions(connectionString);
        if (Settings.Read<int?>(configuration, "Store:MaxConnections") is { } connections)
        {
            options = options with { MaxConnections = connections is > 0 and <= 1_000 ? connections : throw new ConfigurationException("Store:MaxConnections is a number from 1 to 1000.") };
        }

        services.AddSingleton(options);
        services.AddSingleton(provider => PostgresChatStore.Open(
            options, provider.GetRequiredService<StoreMetrics>(), provider.GetService<IMeterFactory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IChatStore>(provider => provider.GetRequiredService<PostgresChatStore>());
        services.AddSingleton<ILeaseStore>(provider => provider.GetRequiredService<PostgresChatStore>());
        AddChannel(services, configuration["Notifications:Redis"]);
        AddCluster(services, Settings.Read<ClusterSettings>(configuration, "Cluster") ?? new ClusterSettings());
    }
}
