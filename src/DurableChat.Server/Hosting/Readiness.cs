using DurableChat.AspNetCore;
using DurableChat.Server.Recorders;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DurableChat.Server.Hosting;

/// <summary>
/// Reports whether the server can take requests, as one line of text: what makes it unready, or what it reports while
/// it is ready. The checks decide, e.g. <see cref="WriteHealthCheck"/>.
/// </summary>
internal static class Readiness
{
    private const string Writes = "durablechat_writes";

    /// <summary>Adds the checks of the library and of the server.</summary>
    public static void Add(IServiceCollection services) => services.AddHealthChecks()
        .AddDurableChat()
        .AddCheck<WriteHealthCheck>(Writes, tags: [DurableChatHealthChecks.Tag])
        .AddCheck<RecorderHealthCheck>("durablechat_recorder", tags: [DurableChatHealthChecks.Tag]);

    public static async Task<IResult> CheckAsync(
        HealthCheckService health, ServerDrain drain, CancellationToken cancellationToken)
    {
        if (drain.HasBegun)
        {
            // At once, even if the database does not answer.
            return Results.Text("stopping", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var report = await health.CheckHealthAsync(
            check => check.Tags.Contains(DurableChatHealthChecks.Tag), cancellationToken);
        var unhealthy = report.Entries.Values.FirstOrDefault(entry => entry.Status == HealthStatus.Unhealthy);
        if (unhealthy is { Description: { } reason })
        {
            return Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        // A database that takes no writes explains the rest.
        var writes = report.Entries.GetValueOrDefault(Writes);
        var complaints = writes is { Status: HealthStatus.Degraded, Description: { } fault }
            ? [fault]
            : report.Entries.Values
                .Where(entry => entry.Status == HealthStatus.Degraded)
                .Select(entry => entry.Description);
        return Results.Text(string.Join("; ", ["ready", .. complaints]));
    }
}
