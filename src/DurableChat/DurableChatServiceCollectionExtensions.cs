using System.Diagnostics.Metrics;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Hooks;
using DurableChat.Models;
using DurableChat.Notifications;
using DurableChat.Relays;
using DurableChat.Retention;
using DurableChat.Storage;
using DurableChat.Watching;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace DurableChat;

/// <summary>Adds DurableChat to a host.</summary>
public static class DurableChatServiceCollectionExtensions
{
    /// <summary>
    /// Adds everything except HTTP and the store. If no model is added, it uses the <see cref="IChatClient"/> from the
    /// services. Web applications call <c>AddDurableChat</c> from the package DurableChat.AspNetCore instead.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the settings. Null keeps the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static DurableChatBuilder AddDurableChatCore(
        this IServiceCollection services,
        Action<DurableChatOptions>? configure = null)
    {
        var options = new DurableChatOptions();
        configure?.Invoke(options);
        return services.AddDurableChatCore(options);
    }

    /// <summary>Adds everything except HTTP and the store, with existing settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="InvalidOperationException">DurableChat was already added.</exception>
    public static DurableChatBuilder AddDurableChatCore(this IServiceCollection services, DurableChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (services.Any(service => service.ServiceType == typeof(DurableChatOptions)))
        {
            throw new InvalidOperationException("DurableChat was added before.");
        }

        if (options.Validate() is [_, ..] problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => new FeedMetrics(provider.GetService<IMeterFactory>(), Time(provider)));
        services.AddSingleton(provider => new WorkerMetrics(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new FeedRegistry(
            options.Feeds,
            provider.GetRequiredService<FeedMetrics>(),
            Time(provider))
        { Replica = options.Worker.Replica });
        services.AddSingleton(provider => new RelaySource(provider.GetRequiredService<FeedRegistry>()));
        services.AddSingleton(provider => new RelayMetrics(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new CatchUpReader(Store(provider), options.Feeds, Time(provider)));
        services.AddSingleton(provider => new FeedInspector(
            provider.GetRequiredService<FeedRegistry>(),
            options.Worker.Replica,
            provider.GetRequiredService<WorkerMetrics>()));
        services.AddSingleton(provider => new OwnerFeedRegistry(Time(provider)));
        services.TryAddSingleton(provider => new StoreMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(Models);
        services.AddSingleton(provider => new Worker(
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<CatchUpReader>(),
            new Lazy<TurnRunner>(provider.GetRequiredService<TurnRunner>),
            options.Worker,
            provider.GetRequiredService<WorkerMetrics>(),
            Time(provider),
            provider.GetRequiredService<ILogger<Worker>>()));
        services.AddSingleton<ICommitObserver>(provider => provider.GetRequiredService<OwnerFeedRegistry>());
        services.AddSingleton<ICommitObserver>(provider => provider.GetRequiredService<Worker>());
        services.AddSingleton(provider => new ChannelState(provider.GetService<INotificationChannel>() is not null));
        services.AddSingleton(provider => new NotificationMetrics(
            provider.GetService<IMeterFactory>(), () => provider.GetRequiredService<ChannelState>().IsUp));
        services.TryAddSingleton(provider =>
            new ClusterKeys(provider.GetService<IClusterIdentity>(), [], Time(provider)));
        services.AddSingleton(provider => new ClusterTime(provider.GetRequiredService<ClusterKeys>(), Time(provider)));
        services.AddSingleton(provider => new NotificationSeal(provider.GetRequiredService<ClusterKeys>()));
        services.AddSingleton(provider => new Notifier(
            Channel(provider),
            provider.GetRequiredService<NotificationSeal>(),
            options.Worker.Replica,
            provider.GetRequiredService<NotificationMetrics>(),
            provider.GetRequiredService<ILogger<Notifier>>()));
        services.AddSingleton<ICommitObserver>(provider => provider.GetRequiredService<Notifier>());
        services.AddSingleton(provider => new CommitHooks(
            provider,
            services.Any(service => service.ServiceType == typeof(ICommitHook)),
            Time(provider),
            provider.GetRequiredService<ILogger<CommitHooks>>()));
        services.AddSingleton<ICommitObserver>(provider => provider.GetRequiredService<CommitHooks>());
        services.AddSingleton(provider => new ChatCommitter(
            Store(provider),
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<CatchUpReader>(),
            provider.GetServices<ICommitObserver>(),
            options.Limits,
            provider.GetRequiredService<ClusterTime>()));
        services.AddSingleton(provider => new ToolRegistry(
            provider.GetServices<AIFunction>(),
            options.Tools,
            Time(provider),
            provider.GetRequiredService<ILogger<ToolRegistry>>(),
            provider.GetServices<IToolSource>()));
        services.AddSingleton<SettingNotes>();
        services.AddSingleton(provider => new Generator(
            provider.GetRequiredService<ModelCatalog>(),
            provider.GetRequiredService<ToolRegistry>(),
            new HistoryReader(Store(provider), options.Worker, options.Feeds),
            options.Worker,
            provider.GetRequiredService<WorkerMetrics>(),
            Time(provider),
            provider.GetRequiredService<SettingNotes>(),
            provider.GetServices<ITurnHook>()));
        services.AddSingleton(provider => new TurnRunner(
            provider.GetRequiredService<ChatCommitter>(),
            provider.GetRequiredService<CatchUpReader>(),
            provider.GetRequiredService<Generator>(),
            provider.GetRequiredService<ToolRegistry>(),
            options.Worker,
            provider.GetRequiredService<WorkerMetrics>(),
            provider,
            provider.GetRequiredService<ClusterTime>(),
            provider.GetRequiredService<ILogger<TurnRunner>>(),
            provider.GetService<IModelCallKeeper>()));
        services.AddSingleton(provider => new ChatService(
            Store(provider),
            provider.GetService<IUsageStore>(),
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<CatchUpReader>(),
            provider.GetRequiredService<ChatCommitter>(),
            provider.GetRequiredService<Worker>(),
            provider.GetRequiredService<OwnerFeedRegistry>(),
            provider.GetRequiredService<ModelCatalog>(),
            provider.GetRequiredService<SettingNotes>(),
            provider.GetRequiredService<ChannelState>(),
            provider.GetRequiredService<FeedMetrics>(),
            StoreRetry(Time(provider)),
            provider.GetRequiredService<ClusterTime>()));
        // Services stop in reverse order: the worker hands over first, and the hooks and the notifier report it last.
        services.AddHostedService(provider => provider.GetRequiredService<CommitHooks>());
        services.AddHostedService(provider => provider.GetRequiredService<Notifier>());
        services.AddHostedService(provider => new NotificationReceiver(
            Channel(provider),
            provider.GetRequiredService<NotificationSeal>(),
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetServices<ICommitObserver>(),
            provider.GetRequiredService<ChannelState>(),
            options.Notifications,
            options.Worker.Replica,
            provider.GetRequiredService<NotificationMetrics>(),
            Time(provider),
            provider.GetRequiredService<ILogger<NotificationReceiver>>()));
        services.AddHostedService(provider => new RelayManager(
            provider.GetService<IRelay>(),
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<ILeaseStore>(),
            provider.GetRequiredService<RelayMetrics>(),
            Time(provider),
            provider.GetRequiredService<ILogger<RelayManager>>()));
        services.AddHostedService(provider => new VersionSync(
            Store(provider),
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<OwnerFeedRegistry>(),
            provider.GetServices<ICommitObserver>(),
            provider.GetRequiredService<ChannelState>(),
            options.Notifications,
            provider.GetRequiredService<NotificationMetrics>(),
            Time(provider),
            provider.GetRequiredService<ILogger<VersionSync>>()));
        services.AddSingleton(provider => new LeaseTakeover(
            provider.GetRequiredService<ILeaseStore>(),
            provider.GetRequiredService<ChatCommitter>(),
            provider.GetRequiredService<Worker>(),
            options.Worker,
            provider.GetRequiredService<WorkerMetrics>(),
            Time(provider),
            provider.GetRequiredService<ILogger<LeaseTakeover>>()));
        services.AddHostedService(provider => new Reconciler(
            provider.GetRequiredService<ILeaseStore>(),
            provider.GetRequiredService<LeaseTakeover>(),
            provider.GetRequiredService<Worker>(),
            options.Worker,
            provider.GetRequiredService<WorkerMetrics>(),
            Time(provider),
            provider.GetRequiredService<ILogger<Reconciler>>()));
        services.AddHostedService(provider => new RetentionSweeper(
            provider.GetService<IRetentionStore>()
                ?? (options.Retention.ArchivedAfter is null ? null : throw new InvalidOperationException(
                    $"Retention needs a store that is an {nameof(IRetentionStore)}.")),
            provider.GetRequiredService<ChatCommitter>(),
            options.Retention,
            new RetentionMetrics(provider.GetService<IMeterFactory>()),
            provider.GetRequiredService<ClusterTime>(),
            provider.GetRequiredService<ILogger<RetentionSweeper>>()));
        services.AddHostedService(provider => new RemainsSweeper(
            provider.GetService<IRetentionStore>(),
            Time(provider),
            provider.GetRequiredService<ILogger<RemainsSweeper>>()));
        services.AddHostedService(
            provider => new FeedSweeper(provider.GetRequiredService<FeedRegistry>(), options.Feeds, Time(provider)));
        return new DurableChatBuilder(services, options);
    }

    private static IChatStore Store(IServiceProvider provider) => provider.GetService<IChatStore>()
        ?? throw new InvalidOperationException(
            "DurableChat has no store to keep chats in: call UseSqlite or UsePostgreSql on what AddDurableChat "
                + "gives back.");

    private static INotificationChannel? Channel(IServiceProvider provider) =>
        provider.GetService<INotificationChannel>() is not { } channel ? null
        : provider.GetRequiredService<ClusterKeys>().HasSecret ? channel
        : throw new InvalidOperationException(
            $"Notifications must be sealed, and the replicas share no secret: register an {nameof(IClusterIdentity)}, "
            + "or set a secret in UseRelay.");

    private static ModelCatalog Models(IServiceProvider provider)
    {
        ModelDefinition[] models = [.. provider.GetServices<ModelDefinition>()];
        if (models.Length > 0)
        {
            return new ModelCatalog(models);
        }

        return provider.GetService<IChatClient>() is { } only
            ? new ModelCatalog([new ModelDefinition(ModelCatalog.DefaultName, only)])
            : throw new InvalidOperationException(
                $"DurableChat has no model to answer: call AddModel on what AddDurableChat gives back, or add an "
                    + $"{nameof(IChatClient)} to the services.");
    }

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    /// <summary>
    /// A stream survives a short database failure: its reads are retried a few times before the client is asked to
    /// reconnect.
    /// </summary>
    private static ResiliencePipeline StoreRetry(TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<ChatStoreException>().Handle<TimeoutException>(),
                MaxRetryAttempts = 4,
                Delay = TimeSpan.FromMilliseconds(100),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();
}
