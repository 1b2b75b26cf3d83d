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
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace DurableChat;

/// <summary>Adds DurableChat to a host.</summary>
public static class DurableChatServiceCollectionExtensions
{
    /// <summary>
    /// Adds everything except HTTP and the store. If no model is added, it uses the <c>IChatClient</c> from the
    /// services. Web applications call <c>AddDurableChat</c> from the package DurableChat.AspNetCore instead.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">
    /// Changes the settings. Null keeps the defaults. Like all options, they can also be configured with
    /// <c>services.Configure&lt;DurableChatOptions&gt;</c>. They are validated when the host starts.
    /// </param>
    /// <exception cref="InvalidOperationException">DurableChat was already added.</exception>
    public static DurableChatBuilder AddDurableChatCore(
        this IServiceCollection services,
        Action<DurableChatOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(ChatService)))
        {
            throw new InvalidOperationException("DurableChat was added before.");
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings(configure);

        // Hosted services stop in reverse order: the worker hands over first, and the hooks and the notifier report it
        // last.
        services
            .AddStorage()
            .AddDiagnostics()
            .AddCluster()
            .AddHooks()
            .AddNotifications()
            .AddFeeds()
            .AddCommits()
            .AddModels()
            .AddWatching()
            .AddRelays()
            .AddWorkers()
            .AddRetention()
            .AddSingleton(Chats);
        return new DurableChatBuilder(services);
    }

    /// <summary>Adds everything except HTTP and the store, with existing settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="InvalidOperationException">DurableChat was already added.</exception>
    public static DurableChatBuilder AddDurableChatCore(this IServiceCollection services, DurableChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Validate() is [_, ..] problems
            ? throw new ArgumentException(string.Join(' ', problems), nameof(options))
            : services.AddDurableChatCore(options.CopyTo);
    }

    /// <summary>Each feature is given its own settings.</summary>
    private static void AddSettings(this IServiceCollection services, Action<DurableChatOptions>? configure)
    {
        var options = services.AddOptions<DurableChatOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services
            .AddSingleton<IValidateOptions<DurableChatOptions>, DurableChatOptionsValidator>()
            .AddSingleton(Of(static all => all))
            .AddSingleton(Of(static all => all.Limits))
            .AddSingleton(Of(static all => all.Feeds))
            .AddSingleton(Of(static all => all.Worker))
            .AddSingleton(Of(static all => all.Notifications))
            .AddSingleton(Of(static all => all.Tools))
            .AddSingleton(Of(static all => all.Retention))
            .AddSingleton(Of(static all => new ReplicaName(all.Worker.Replica)));

        static Func<IServiceProvider, T> Of<T>(Func<DurableChatOptions, T> section) =>
            provider => section(provider.GetRequiredService<IOptions<DurableChatOptions>>().Value);
    }

    /// <summary>The class is public and its constructor is not, so that the services cannot call it.</summary>
    private static ChatService Chats(IServiceProvider provider) => new(
        provider.GetRequiredService<IChatStore>(),
        provider.GetService<IUsageStore>(),
        provider.GetRequiredService<FeedRegistry>(),
        provider.GetRequiredService<CatchUpReader>(),
        provider.GetRequiredService<ChatCommitter>(),
        provider.GetRequiredService<TurnPlaces>(),
        provider.GetRequiredService<WorkerPulse>(),
        provider.GetRequiredService<OwnerFeedRegistry>(),
        provider.GetRequiredService<ModelCatalog>(),
        provider.GetRequiredService<SettingNotes>(),
        provider.GetRequiredService<ChannelState>(),
        provider.GetRequiredService<FeedMetrics>(),
        StoreRetry(provider.GetRequiredService<TimeProvider>()),
        provider.GetRequiredService<ClusterTime>());

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
