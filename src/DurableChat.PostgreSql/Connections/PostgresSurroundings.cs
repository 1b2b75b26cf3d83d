using System.Globalization;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// What is between this process and the database. A pooler in transaction mode runs each statement on any free session.
/// So session state, such as prepared statements, SET, LISTEN and session locks, is lost or remains on a session that
/// serves another client. A pooler may also drop the options of the connection string, including the statement timeout.
/// </summary>
/// <param name="SharesSessions">True if a pooler in transaction mode is in between.</param>
/// <param name="DropsOptions">True if options of the connection string do not reach the database.</param>
/// <param name="StatementTimeout">The statement timeout if the connection string sets none; zero for no limit.</param>
internal sealed record PostgresSurroundings(bool SharesSessions, bool DropsOptions, TimeSpan StatementTimeout)
{
    /// <summary>A custom setting that PostgreSQL stores without knowing it, so that it can be read back.</summary>
    private const string Marker = "-c durablechat.passes=yes";

    private const string Ask =
        "SELECT pg_backend_pid(), current_setting('durablechat.passes', true), (SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout')";

    private const int Looks = 3;

    /// <summary>Examines the connection to the database with two connections.</summary>
    public static PostgresSurroundings Look(NpgsqlConnectionStringBuilder connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString.ConnectionString) { Pooling = false, MaxAutoPrepare = 0, Options = Marker };
        using var first = Open(builder);
        using var second = new NpgsqlConnection(builder.ConnectionString);
        second.Open();
        var answer = AskFor(first);
        var sharesSessions = false;
        for (var look = 0; look < Looks && !sharesSessions; look++)
        {
            // Without a pooler, each connection keeps its own session. With one, they may share a session or change it.
            var other = AskFor(second);
            sharesSessions = other.Session == answer.Session || AskFor(first).Session != answer.Session || AskFor(second).Session != other.Session;
        }

        return new PostgresSurroundings(sharesSessions, sharesSessions || !answer.HasMarker, answer.Timeout);
    }

    /// <summary>Explains why the connection string cannot work here; null if it can.</summary>
    /// <param name="given">The operator's connection string.</param>
    /// <param name="used">The connection string built from it.</param>
    public string? Complain(NpgsqlConnectionStringBuilder given, NpgsqlConnectionStringBuilder used)
    {
        var commandTimeout = TimeSpan.FromSeconds(used.CommandTimeout);
        return !DropsOptions ? null
            : !string.IsNullOrEmpty(given.Options) || !string.IsNullOrEmpty(given.SearchPath)
                ? "a pooler in between drops 'Options' and 'Search Path' of the connection string. Set them for the user (ALTER ROLE … SET …) and remove them there, or connect directly."
            : StatementTimeout == TimeSpan.Zero
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"a pooler in between drops the statement timeout{(SharesSessions ? ", and swallows notifications (Notifications:PostgreSql can have a direct connection)" : "")}. Set the timeout for the user, have the pooler connect again, or connect directly: ALTER ROLE \"{used.Username}\" SET statement_timeout = '{Math.Max(1, used.CommandTimeout - 2)}s'")
            : used.CommandTimeout > 0 && StatementTimeout >= commandTimeout
                ? $"the user's statement_timeout ({StatementTimeout}) must be less than 'Command Timeout' of the connection string ({commandTimeout}), or what became of a statement is not known. Lower it, or raise the other."
            : null;
    }

    private static NpgsqlConnection Open(NpgsqlConnectionStringBuilder builder)
    {
        var connection = new NpgsqlConnection(builder.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ProtocolViolation && refused.MessageText.Contains("options", StringComparison.Ordinal))
        {
            // The pooler refuses options instead of dropping them.
            connection.Dispose();
            builder.Options = null;
            connection = new NpgsqlConnection(builder.ConnectionString);
            connection.Open();
            return connection;
        }
    }

    private static (int Session, bool HasMarker, TimeSpan Timeout) AskFor(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Ask, connection);
        using var row = command.ExecuteReader();
        return row.Read()
            ? (row.GetInt32(0), !row.IsDBNull(1) && row.GetString(1) == "yes", TimeSpan.FromMilliseconds(row.GetInt64(2)))
            : throw new ChatStoreException("The database does not answer a question.");
    }
}
