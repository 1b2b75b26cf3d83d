using System.Globalization;
using System.Text.RegularExpressions;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Checks that the timeouts of a database and of the server that uses it are in the right order.</summary>
internal static partial class PostgresTimeouts
{
    /// <summary>Returns the options, with a heartbeat timeout that fits the server if they have none.</summary>
    public static PostgresStoreOptions Suit(PostgresStoreOptions options, DurableChatOptions server) =>
        options with { HeartbeatTimeout = options.HeartbeatTimeout ?? TimeSpan.FromSeconds(Math.Clamp((int)(server.Worker.LeaseDuration / 5).TotalSeconds, 1, 5)) };

    /// <summary>Throws if timeouts are in the wrong order.</summary>
    /// <exception cref="ChatStoreException">
    /// Timeouts are in the wrong order. The message names the settings.
    /// </exception>
    public static void Check(PostgresStoreOptions options, DurableChatOptions server)
    {
        if (TimeoutOrder.Check(new Dictionary<string, TimeSpan>([.. server.Timeouts, .. Of(options)], StringComparer.Ordinal)) is [_, ..] problems)
        {
            throw new ChatStoreException($"The configuration is wrong. {string.Join(' ', problems)}");
        }
    }

    /// <summary>
    /// The effective timeouts of a database, by the names of their settings. The connection string takes precedence
    /// over the options.
    /// </summary>
    public static IReadOnlyDictionary<string, TimeSpan> Of(PostgresStoreOptions options)
    {
        var builder = PostgresConnections.Pooled(options);

        // Zero means no limit.
        var timeouts = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
        {
            ["Store:StatementTimeout"] = OrForever(ReadStatementTimeout(builder) ?? options.StatementTimeout),
            ["Command Timeout of Store:PostgreSql"] = OrForever(TimeSpan.FromSeconds(builder.CommandTimeout)),
            ["Store:FailoverTime"] = options.FailoverTime,
        };
        if (options.HeartbeatTimeout is { } heartbeat)
        {
            timeouts["Store:HeartbeatTimeout"] = heartbeat;
        }

        return timeouts;
    }

    private static TimeSpan OrForever(TimeSpan timeout) => timeout == TimeSpan.Zero ? TimeSpan.FromDays(36_500) : timeout;

    /// <summary>The last of several values counts. A number without a unit is in milliseconds.</summary>
    private static TimeSpan? ReadStatementTimeout(NpgsqlConnectionStringBuilder builder) =>
        Setting().Matches(builder.Options ?? "") is [.., var match]
            ? double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * (match.Groups["unit"].Value switch
            {
                "s" => TimeSpan.FromSeconds(1),
                "min" => TimeSpan.FromMinutes(1),
                "h" => TimeSpan.FromHours(1),
                _ => TimeSpan.FromMilliseconds(1),
            })
            : null;

    [GeneratedRegex(@"statement_timeout\s*=\s*(?<number>\d+(\.\d+)?)\s*(?<unit>ms|s|min|h)?\b")]
    private static partial Regex Setting();
}
