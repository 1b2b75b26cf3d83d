using DurableChat.Commits;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Workers;

/// <summary>Adds the worker that drives chats.</summary>
internal static class WorkerServiceCollectionExtensions
{
    public static IServiceCollection AddWorkers(this IServiceCollection services) => services
        .AddSingleton<TurnPlaces>()
        .AddSingleton<WorkerPulse>()
        .AddSingleton<HistoryReader>()
        .AddSingleton<Generator>()
        .AddSingleton<RunTable>()
        .AddSingleton<Checkpointer>()
        .AddSingleton<TurnRunner>()
        .AddSingleton<Worker>()
        .AddSingleton<INewsObserver>(static provider => provider.GetRequiredService<Worker>())
        .AddSingleton<LeaseTakeover>()
        .AddHostedService(static provider => provider.GetRequiredService<Checkpointer>())
        .AddHostedService<Reconciler>();
}
