using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DurableChat.AspNetCore.Health;

/// <summary>Unhealthy while the database does not answer.</summary>
internal sealed class StoreHealthCheck(StoreProbe store) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default)
    {
        try
        {
            await store.AskAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
#pragma warning disable CA1031 // Whatever a store throws, it does not answer. Its message may contain secrets.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return HealthCheckResult.Unhealthy("the database does not answer", exception);
        }
    }
}
