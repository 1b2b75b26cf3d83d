using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.Diagnostics;

/// <summary>Adds the metrics that several features share.</summary>
internal static class DiagnosticsServiceCollectionExtensions
{
    public static IServiceCollection AddDiagnostics(this IServiceCollection services)
    {
        services.TryAddSingleton<StoreMetrics>();
        return services
            .AddSingleton<WorkerMetrics>()
            .AddSingleton<RelayMetrics>()
            .AddSingleton<RetentionMetrics>()
            .AddSingleton<CheckpointMetrics>();
    }
}
