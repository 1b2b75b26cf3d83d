using System.Text.RegularExpressions;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Cluster;
using DurableChat.PostgreSql;
using DurableChat.Redis;
using DurableChat.Server.Configuration;
using DurableChat.Sqlite;
using StackExchange.Redis;

namespace DurableChat.Server.Stores;

/// <summary>Sets up the store.</summary>
internal static partial class StoreSetup
{
    /// <summary>Adds the store that the command line, or otherwise the configuration, selects.</summary>
    /// <exception cref="ConfigurationException">Both stores are configured.</exception>
    public static void Add(DurableChatBuilder builder, ServeOptions options, IConfiguration configuration)
    {
        var choice = StoreChoice.Read(options.Data, options.Store, configuration);
        var notifications = Settings.Read<NotificationSettings>(configuration, "Notifications")
            ?? new NotificationSettings();
        if (choice.PostgreSql is { } postgres)
        {
            AddPostgres(builder, postgres, notifications, configuration);
            return;
        }

        if (!string.IsNullOrEmpty(notifications.PostgreSql))
        {
            throw new ConfigurationException(
                "Notifications:PostgreSql is set, but a SQLite file serves one process, which has no other replica to "
                    + "notify. Remove it, or set Store:PostgreSql.");
        }

        if (!string.IsNullOrEmpty(notifications.Redis))
        {
            throw new ConfigurationException(
                "Notifications:Redis is set, but SQLite runs a single process and needs no notifications. Remove it, "
                    + "or set Store:PostgreSql.");
        }

        var settings = Settings.Read<StoreSettings>(configuration, "Store") ?? new StoreSettings();
        builder.UseSqlite(
            choice.SqlitePath, store => store with { CheckTime = settings.SqliteCheckTime ?? store.CheckTime });
    }

    private static void AddPostgres(
        DurableChatBuilder builder,
        string connectionString,
        NotificationSettings notifications,
        IConfiguration configuration)
    {
        var settings = Settings.Read<StoreSettings>(configuration, "Store") ?? new StoreSettings();
        Check(settings);
        if (!string.IsNullOrEmpty(notifications.PostgreSql) && !string.IsNullOrEmpty(notifications.Redis))
        {
            throw new ConfigurationException(
                "Notifications:PostgreSql and Notifications:Redis are both set: remove one of them.");
        }

        if (notifications.Channel is { } given && !ChannelName().IsMatch(given))
        {
            throw new ConfigurationException("Notifications:Channel must have 1 to 63 letters, digits, '_' or '-'.");
        }

        builder.UsePostgreSql(connectionString, store => Apply(settings, store, notifications), notifications.Channel);
        if (!string.IsNullOrEmpty(notifications.Redis))
        {
            CheckRedis(notifications.Redis);
            builder.UseRedis(notifications.Redis, notifications.Channel);
        }

        AddCluster(builder, Settings.Read<ClusterSettings>(configuration, "Cluster") ?? new ClusterSettings());
    }

    private static void Check(StoreSettings settings)
    {
        if (settings.MaxConnections is <= 0 or > 1_000)
        {
            throw new ConfigurationException("Store:MaxConnections is a number from 1 to 1000.");
        }

        foreach (var (name, value) in new[]
        {
            (nameof(settings.StatementTimeout), settings.StatementTimeout),
            (nameof(settings.FailoverTime), settings.FailoverTime),
            (nameof(settings.HeartbeatTimeout), settings.HeartbeatTimeout),
            (nameof(settings.MigrationWait), settings.MigrationWait),
        })
        {
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromDays(1))
            {
                throw new ConfigurationException($"Store:{name} must be at least a second and at most a day.");
            }
        }
    }

    private static PostgresStoreOptions Apply(
        StoreSettings settings,
        PostgresStoreOptions store,
        NotificationSettings notifications) => store with
        {
            MaxConnections = settings.MaxConnections ?? store.MaxConnections,
            StatementTimeout = settings.StatementTimeout ?? store.StatementTimeout,
            FailoverTime = settings.FailoverTime ?? store.FailoverTime,
            HeartbeatTimeout = settings.HeartbeatTimeout ?? store.HeartbeatTimeout,
            MigrationWait = settings.MigrationWait ?? store.MigrationWait,
            NotificationConnectionString = string.IsNullOrEmpty(notifications.PostgreSql)
                ? null
                : notifications.PostgreSql,
        };

    private static void CheckRedis(string configuration)
    {
        try
        {
            ConfigurationOptions.Parse(configuration);
        }
        catch (ArgumentException exception)
        {
            // The setting may contain a password, so it is not repeated.
            throw new ConfigurationException($"Notifications:Redis cannot be read: {exception.Message}");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,63}$")]
    private static partial Regex ChannelName();

    private static void AddCluster(DurableChatBuilder builder, ClusterSettings settings)
    {
        const string UrlSetting = "Cluster:Url";
        var relay = new RelayOptions();
        Set(relay);
        if (relay.Validate() is [_, ..] problems)
        {
            throw new ConfigurationException(string.Join(' ', problems.Select(problem => $"Cluster:{problem}")));
        }

        ListenAddress.Check(UrlSetting, settings.Url);
        if (settings.Address is null && BindingAddress.Parse(settings.Url).Host is "0.0.0.0" or "[::]" or "*" or "+")
        {
            throw new ConfigurationException(
                "Cluster:Url names no one address: set Cluster:Address to the URL at which other replicas "
                    + "reach this one.");
        }

        builder.UseRelay(Set);

        void Set(RelayOptions relay)
        {
            relay.Url = settings.Url;
            relay.Address = settings.Address;
            relay.Secret = settings.Secret;
            relay.PreviousSecret = settings.PreviousSecret;
            relay.ExplainFailure = exception => ListenAddress.Explain(UrlSetting, settings.Url, exception);
        }
    }
}
