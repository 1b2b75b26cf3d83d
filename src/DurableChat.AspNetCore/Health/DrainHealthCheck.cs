using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DurableChat.AspNetCore.Health;

/// <summary>Unhealthy once the application is shutting down, so that load balancers send requests elsewhere.</summary>
internal sealed class DrainHealthCheck(ServerDrain drain) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.HasBegun ? HealthCheckResult.Unhealthy("stopping") : HealthCheckResult.Healthy());
}
