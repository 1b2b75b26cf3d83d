using DurableChat.AspNetCore;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace DurableChat.Server.Hosting;

/// <summary>
/// Unhealthy while the database's disk is full or fails. If writes fail for another reason, as in a failover, it is
/// only degraded: reads and streams still work.
/// </summary>
internal sealed class WriteHealthCheck(WriteHealth writes) : IHealthCheck
{
    // Source: https://www.sqlite.org/rescode.html
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(writes.Failure switch
        {
            null => HealthCheckResult.Healthy(),
            var failure when FindDiskFault(failure) is { } fault =>
                HealthCheckResult.Unhealthy($"the database cannot be written to: {fault}"),
            _ => HealthCheckResult.Degraded("the database cannot be written to, the log says why"),
        });

    private static string? FindDiskFault(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "its disk is full",
        SqliteException { SqliteErrorCode: SqliteFull } => "its disk is full",
        PostgresException { SqlState: PostgresErrorCodes.IoError } => "its disk fails",
        SqliteException { SqliteErrorCode: SqliteIoError } => "its disk fails",
        { InnerException: { } inner } => FindDiskFault(inner),
        _ => null,
    };
}
