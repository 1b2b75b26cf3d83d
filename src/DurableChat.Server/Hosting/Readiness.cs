using DurableChat.AspNetCore;
using DurableChat.Notifications;
using DurableChat.Server.Recorders;
using DurableChat.Server.Stores;
using DurableChat.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DurableChat.Server.Hosting;

/// <summary>
/// Reports whether the server can take requests: the database answers, its disk is not full, and the server is not
/// shutting down. The following problems are reported but do not make the server unready:
/// <list type="bullet">
/// <item>Writes fail for another reason, as in a failover: reads and streams still work.</item>
/// <item>The notification channel is down: the server falls back on comparing versions.</item>
/// <item>The recorder is unavailable: histories and streams need no model.</item>
/// </list>
/// </summary>
internal static class Readiness
{
    // Source: https://www.sqlite.org/rescode.html
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;

    public static async Task<IResult> CheckAsync(
        StoreProbe store,
        WriteHealth writes,
        ChannelState channel,
        ServerDrain drain,
        [FromServices] RecorderWatch? recorder,
        CancellationToken cancellationToken)
    {
        if (drain.HasBegun)
        {
            return Results.Text("stopping", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            await store.AskAsync(cancellationToken);
            if (writes.Failure is { } failure)
            {
                return FindDiskFault(failure) is { } fault
                    ? Results.Text(
                        $"the database cannot be written to: {fault}",
                        statusCode: StatusCodes.Status503ServiceUnavailable)
                    : Results.Text("ready; the database cannot be written to, the log says why");
            }

            return Results.Text(
                recorder?.Complaint is { } complaint ? $"{Describe(channel)}; {complaint}" : Describe(channel));
        }
        catch (ChatStoreException)
        {
            return Results.Text("the database does not answer", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static string? FindDiskFault(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull }
            or SqliteException { SqliteErrorCode: SqliteFull } => "its disk is full",
        PostgresException { SqlState: PostgresErrorCodes.IoError }
            or SqliteException { SqliteErrorCode: SqliteIoError } => "its disk fails",
        { InnerException: { } inner } => FindDiskFault(inner),
        _ => null,
    };

    private static string Describe(ChannelState channel) => channel switch
    {
        { HasChannel: false } or { IsUp: true } => "ready",
        { DeafAdvice: { } advice } =>
            $"ready; the notification channel is connected and does not deliver, changes of other replicas are found "
                + $"by comparing versions. {advice}",
        _ => "ready; the notification channel is down, changes of other replicas are found by comparing versions",
    };
}
