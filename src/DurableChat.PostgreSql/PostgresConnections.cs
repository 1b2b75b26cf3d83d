using System.Globalization;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Turns what an operator writes into connection strings.</summary>
internal static class PostgresConnections
{
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(2);

    /// <summary>The string for the pool.</summary>
    /// <param name="options">What the operator wants.</param>
    /// <param name="surroundings">What is between here and the database; null for nothing.</param>
    /// <exception cref="ChatStoreException">It is no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Pooled(PostgresStoreOptions options, PostgresSurroundings? surroundings = null)
    {
        var builder = Parse(options.ConnectionString);
        SetUnlessGiven(builder, "Maximum Pool Size", options.MaxConnections);
        SetUnlessGiven(builder, "Minimum Pool Size", Math.Min(4, builder.MaxPoolSize));

        // The server's own limit should come first: then it is certain that nothing was done.
        SetUnlessGiven(builder, "Command Timeout", (int)Math.Ceiling((options.StatementTimeout + _grace).TotalSeconds));
        SetUnlessGiven(builder, "Timeout", 10);
        SetUnlessGiven(builder, "Keepalive", 30);
        SetUnlessGiven(builder, "Application Name", "durablechat");

        // The same few statements again and again: they are prepared once for each connection.
        SetUnlessGiven(builder, "Max Auto Prepare", surroundings is { SharesSessions: true } ? 0 : 64);
        SetUnlessGiven(builder, "Auto Prepare Min Usages", 2);

        // No session has state to reset, so a connection goes back to the pool without a round trip.
        SetUnlessGiven(builder, "No Reset On Close", true);
        if (surroundings is { DropsOptions: true })
        {
            return builder;
        }

        if (!builder.ContainsKey("Options") || builder.Options is not { Length: > 0 } given || !given.Contains("statement_timeout", StringComparison.Ordinal))
        {
            // The server ends a statement itself, also when the client can no longer ask it to.
            var milliseconds = (long)options.StatementTimeout.TotalMilliseconds;
            builder.Options = string.Create(CultureInfo.InvariantCulture, $"{builder.Options} -c statement_timeout={milliseconds}").Trim();
        }

        return builder;
    }

    /// <summary>The string for a connection that is kept open and listens.</summary>
    public static NpgsqlConnectionStringBuilder Single(PostgresStoreOptions options)
    {
        var builder = Parse(options.NotificationConnectionString ?? options.ConnectionString);
        builder.Pooling = false;
        SetUnlessGiven(builder, "Timeout", 10);
        SetUnlessGiven(builder, "Application Name", "durablechat notifications");

        // A connection that died quietly is found out by asking.
        SetUnlessGiven(builder, "Keepalive", 5);
        SetUnlessGiven(builder, "Tcp Keepalive", true);
        return builder;
    }

    /// <summary>The string for the connection that sends notifications: nothing of it belongs to a session.</summary>
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

    /// <summary>Reads what an operator writes.</summary>
    /// <exception cref="ChatStoreException">It is no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "postgres" or "postgresql" ? FromUrl(url) : text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The string may hold a password, so it is not repeated.
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
