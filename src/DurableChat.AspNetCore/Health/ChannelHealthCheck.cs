using DurableChat.Notifications;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DurableChat.AspNetCore.Health;

/// <summary>
/// Degraded while the notification channel is down. Chats still work: the replica compares versions instead, which is
/// slower.
/// </summary>
internal sealed class ChannelHealthCheck(ChannelState channel) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(channel switch
        {
            { HasChannel: false } or { IsUp: true } => HealthCheckResult.Healthy(),
            { DeafAdvice: { } advice } => HealthCheckResult.Degraded(
                "the notification channel is connected and does not deliver, changes of other replicas are found by "
                + $"comparing versions. {advice}"),
            _ => HealthCheckResult.Degraded(
                "the notification channel is down, changes of other replicas are found by comparing versions"),
        });
}
