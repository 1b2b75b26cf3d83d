using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
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
internal static partial class StoreSetup
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

        if (settings.Address is null && ReadUrl(settings.Url).Host is "0.0.0.0" or "[::]" or "*" or "+")
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

    private static BindingAddress ReadUrl(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new ConfigurationException("Cluster:Url is not an address to listen on, e.g. http://10.0.0.5:9090.");
        }
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
        AddChannel(services, Settings.Read<NotificationSettings>(configuration, "Notifications") ?? new NotificationSettings());
        AddCluster(services, Settings.Read<ClusterSettings>(configuration, "Cluster") ?? new ClusterSettings());
    }
}
