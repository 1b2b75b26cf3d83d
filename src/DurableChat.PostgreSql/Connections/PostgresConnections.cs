using System.Globalization;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Builds connection strings from the operator's settings.</summary>
internal static class PostgresConnections
{
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(2);

    /// <summary>The connection string of the pool.</summary>
    /// <param name="options">The operator's settings.</param>
    /// <param name="surroundings">What is between this process and the database; null for nothing.</param>
    /// <exception cref="ChatStoreException">The connection string is invalid.</exception>
    public static NpgsqlConnectionStringBuilder Pooled(PostgresStoreOptions options, PostgresSurroundings? surroundings = null)
    {
        var builder = Parse(options.ConnectionString);
        SetUnlessGiven(builder, "Maximum Pool Size", options.MaxConnections);
        SetUnlessGiven(builder, "Minimum Pool Size", Math.Min(4, builder.MaxPoolSize));

        // The server's own limit must apply first: then the statement certainly had no effect.
        SetUnlessGiven(builder, "Command Timeout", (int)Math.Ceiling((options.StatementTimeout + _grace).TotalSeconds));
        SetUnlessGiven(builder, "Timeout", 10);
        SetUnlessGiven(builder, "Keepalive", 30);
        SetUnlessGiven(builder, "Application Name", "durablechat");

        // The same few statements repeat, so each connection prepares them once.
        SetUnlessGiven(builder, "Max Auto Prepare", surroundings is { SharesSessions: true } ? 0 : 64);
        SetUnlessGiven(builder, "Auto Prepare Min Usages", 2);

        // No session has state to reset, so a connection returns to the pool without a round trip.
        SetUnlessGiven(builder, "No Reset On Close", true);
        if (surroundings is { DropsOptions: true })
        {
            return builder;
        }

        if (!builder.ContainsKey("Options") || builder.Options is not { Length: > 0 } given || !given.Contains("statement_timeout", StringComparison.Ordinal))
        {
            // The server ends a statement itself, even if the client can no longer cancel it.
            var milliseconds = (long)options.StatementTimeout.TotalMilliseconds;
            builder.Options = string.Create(CultureInfo.InvariantCulture, $"{builder.Options} -c statement_timeout={milliseconds}").Trim();
        }

        return builder;
    }

    /// <summary>The connection string of a connection that stays open and listens.</summary>
    public static NpgsqlConnectionStringBuilder Single(PostgresStoreOptions options)
    {
        var builder = Parse(options.NotificationConnectionString ?? options.ConnectionString);
        builder.Pooling = false;
        SetUnlessGiven(builder, "Timeout", 10);
        SetUnlessGiven(builder, "Application Name", "durablechat notifications");

        // Detects a connection that died silently.
        SetUnlessGiven(builder, "Keepalive", 5);
        SetUnlessGiven(builder, "Tcp Keepalive", true);
        return builder;
    }

    /// <summary>The connection string of the connection that sends notifications. It needs no session state.</summary>
    public static NpgsqlConnectionStringBuilder Sending(PostgresStoreOptions options)
    {
        var builder = Parse(options.NotificationConnectionString ?? options.ConnectionString);
        builder.MinPoolSize = 0;
        builder.MaxPoolSize = 1;
        builder.MaxAutoPrepare = 0;
        builder.NoResetOnClose = true;
        SetUnlessGiven(builder, "Command Timeout", 10);
        SetUnlessGiven(builder, "Timeout", 10);
        SetUnlessGiven(builder, "Keepalive", 30);
        SetUnlessGiven(builder, "Application Name", "durablechat");
        return builder;
    }

    /// <summary>Parses the operator's connection string.</summary>
    /// <exception cref="ChatStoreException">The connection string is invalid.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "postgres" or "postgresql" ? FromUrl(url) : text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The connection string may contain a password, so it is not repeated.
            throw new ChatStoreException($"The connection string for PostgreSQL cannot be read: {exception.Message}", exception);
        }
    }

    private static void SetUnlessGiven(NpgsqlConnectionStringBuilder builder, string key, object value)
    {
        if (!builder.ShouldSerialize(key))
        {
            builder[key] = value;
        }
    }

    private static string FromUrl(Uri url)
    {
        var user = url.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder { Host = url.DnsSafeHost, Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')) };
        if (url.Port > 0)
        {
            builder.Port = url.Port;
        }

        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length == 2)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
        {
            builder[pair[0] == "sslmode" ? "SSL Mode" : Uri.UnescapeDataString(pair[0])] = Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "");
        }

        return builder.ConnectionString;
    }
}
