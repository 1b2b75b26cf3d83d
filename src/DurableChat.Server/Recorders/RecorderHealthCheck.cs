using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DurableChat.Server.Recorders;

/// <summary>Degraded while the recorder is unavailable: histories and streams need no model.</summary>
internal sealed class RecorderHealthCheck(RecorderWatch? recorder = null) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default) =>
        Task.FromResult(
            recorder?.Complaint is { } complaint ? HealthCheckResult.Degraded(complaint) : HealthCheckResult.Healthy());
}
