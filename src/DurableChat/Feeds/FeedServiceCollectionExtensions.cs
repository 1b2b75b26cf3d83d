using System.Diagnostics.Metrics;
using DurableChat.Cluster;
using DurableChat.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Feeds;

/// <summary>Adds the feeds of this replica.</summary>
internal static class FeedServiceCollectionExtensions
{
    public static IServiceCollection AddFeeds(this IServiceCollection services) => services
        .AddSingleton(static provider => new FeedMetrics(
            provider.GetService<IMeterFactory>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(static provider => new FeedRegistry(
            provider.GetRequiredService<FeedOptions>(),
            provider.GetRequiredService<FeedMetrics>(),
            provider.GetRequiredService<TimeProvider>())
        {
            Replica = provider.GetRequiredService<ReplicaName>().Value,
        })
        .AddSingleton<CatchUpReader>()
        .AddSingleton(static provider => new FeedInspector(
            provider.GetRequiredService<FeedRegistry>(),
            provider.GetRequiredService<ReplicaName>().Value,
            provider.GetRequiredService<WorkerMetrics>()))
        .AddHostedService<FeedSweeper>();
}
