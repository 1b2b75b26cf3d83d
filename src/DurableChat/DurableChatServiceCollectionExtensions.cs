using System.Diagnostics.Metrics;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
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
    /// Adds everything but the store and the models: register an <see cref="IChatStore"/>, an <see cref="ILeaseStore"/>, for retention an <see cref="IRetentionStore"/>, and a <see cref="ModelCatalog"/>, and any
    /// <see cref="AIFunction"/>s that models may call.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static IServiceCollection AddDurableChat(this IServiceCollection services, DurableChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is [_, ..] problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => new FeedMetrics(provider.GetService<IMeterFactory>(), Time(provider)));
        services.AddSingleton(provider => new WorkerMetrics(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new FeedRegistry(options.Feeds, provider.GetRequiredService<FeedMetrics>(), Time(provider)) { Replica = options.Worker.Replica });
        services.AddSingleton(provider => new RelaySource(provider.GetRequiredService<FeedRegistry>()));
        services.AddSingleton(provider => new RelayMetrics(provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new CatchUpReader(provider.GetRequiredService<IChatStore>(), options.Feeds, Time(provider)));
        services.AddSingleton(provider => new FeedInspector(provider.GetRequiredService<FeedRegistry>(), options.Worker.Replica));
        services.AddSingleton<OwnerFeedRegistry>();
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
        services.AddSingleton(provider => new Notifier(
            provider.GetService<INotificationChannel>(),
            options.Notifications,
            options.Worker.Replica,
            provider.GetRequiredService<NotificationMetrics>(),
            provider.GetRequiredService<ILogger<Notifier>>()));
        services.AddSingleton<ICommitObserver>(provider => provider.GetRequiredService<Notifier>());
        services.AddSingleton(provider => new ChatCommitter(
            provider.GetRequiredService<IChatStore>(),
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<CatchUpReader>(),
            provider.GetServices<ICommitObserver>(),
            options.Limits,
            Time(provider)));
        services.AddSingleton(provider => new ToolRegistry(
            provider.GetServices<AIFunction>(), options.Tools, Time(provider), provider.GetRequiredService<ILogger<ToolRegistry>>()));
        services.AddSingleton(provider => new Generator(
            provider.GetRequiredService<ModelCatalog>(),
            provider.GetRequiredService<ToolRegistry>(),
            new HistoryReader(provider.GetRequiredService<IChatStore>(), options.Worker),
            options.Worker,
            provider.GetRequiredService<WorkerMetrics>(),
            Time(provider)));
        services.AddSingleton(provider => new TurnRunner(
            provider.GetRequiredService<ChatCommitter>(),
            provider.GetRequiredService<CatchUpReader>(),
            provider.GetRequiredService<Generator>(),
            provider.GetRequiredService<ToolRegistry>(),
            options.Worker,
            provider.GetRequiredService<WorkerMetrics>(),
            provider,
            Time(provider),
            provider.GetRequiredService<ILogger<TurnRunner>>()));
        services.AddSingleton(provider => new ChatService(
            provider.GetRequiredService<IChatStore>(),
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<CatchUpReader>(),
            provider.GetRequiredService<ChatCommitter>(),
            provider.GetRequiredService<Worker>(),
            provider.GetRequiredService<OwnerFeedRegistry>(),
            provider.GetRequiredService<ModelCatalog>(),
            provider.GetRequiredService<ChannelState>(),
            provider.GetRequiredService<FeedMetrics>(),
            StoreRetry(Time(provider)),
            Time(provider)));
        // Stopped in the reverse order: the worker hands over first, and the notifier tells of it last.
        services.AddHostedService(provider => provider.GetRequiredService<Notifier>());
        services.AddHostedService(provider => new NotificationReceiver(
            provider.GetService<INotificationChannel>(),
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
            provider.GetRequiredService<IChatStore>(),
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<OwnerFeedRegistry>(),
            provider.GetServices<ICommitObserver>(),
            provider.GetRequiredService<ChannelState>(),
            options.Notifications,
            provider.GetRequiredService<NotificationMetrics>(),
            Time(provider),
            provider.GetRequiredService<ILogger<VersionSync>>()));
        services.AddHostedService(provider => new LeaseTakeover(
            provider.GetRequiredService<ILeaseStore>(),
            provider.GetRequiredService<ChatCommitter>(),
            provider.GetRequiredService<Worker>(),
            options.Worker,
            provider.GetRequiredService<WorkerMetrics>(),
            Time(provider),
            provider.GetRequiredService<ILogger<LeaseTakeover>>()));
        services.AddHostedService(provider => new RetentionSweeper(
            provider.GetService<IRetentionStore>() ?? (options.Retention.ArchivedAfter is null ? null : throw new InvalidOperationException($"Retention needs a store that is an {nameof(IRetentionStore)}.")),
            provider.GetRequiredService<ChatCommitter>(),
            options.Retention,
            new RetentionMetrics(provider.GetService<IMeterFactory>()),
            Time(provider),
            provider.GetRequiredService<ILogger<RetentionSweeper>>()));
        services.AddHostedService(provider => new FeedSweeper(provider.GetRequiredService<FeedRegistry>(), options.Feeds, Time(provider)));
        return services;
    }

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    /// <summary>A stream outlives a short failure of the database: its reads are tried a few times before the client is told to come back.</summary>
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
