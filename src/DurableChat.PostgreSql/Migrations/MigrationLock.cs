using System.Globalization;
using DurableChat.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// The lock that serialises migrations of one database. It ends with the transaction, so a pooler cannot keep it.
/// Earlier versions take the same lock for a session; both exclude each other.
/// </summary>
internal static partial class MigrationLock
{
    /// <summary>The key of the advisory lock for migrations: an arbitrary number.</summary>
    private const long Key = 0x44_43_68_61_74;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Takes the lock for the transaction of a connection.</summary>
    /// <exception cref="ChatStoreException">Another session has held the lock for too long.</exception>
    public static void Take(NpgsqlConnection connection, MigrationWait wait)
    {
        var started = wait.Time.GetTimestamp();
        string? said = null;
        while (!TryTake(connection))
        {
            var holder = FindHolder(connection);
            if (wait.Time.GetElapsedTime(started) >= wait.Longest)
            {
                throw new ChatStoreException(
                    $"The database '{connection.Database}' cannot be brought up to date: {holder.Description} has held the lock for migrations for longer than {wait.Longest}. "
                    + $"Wait if that is a migration, or end it with: SELECT pg_terminate_backend({holder.Session})");
            }

            if (said != holder.Session)
            {
                said = holder.Session;
                LogWaiting(wait.Logger, holder.Description, wait.Longest);
            }

            Task.Delay(_pause, wait.Time).GetAwaiter().GetResult();
        }
    }

    private static bool TryTake(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand($"SELECT pg_try_advisory_xact_lock({Key})", connection);
        return command.ExecuteScalar() is true;
    }

    private static (string Session, string Description) FindHolder(NpgsqlConnection connection)
    {
        // PostgreSQL stores the two halves of the number separately (documentation, "pg_locks"). Sessions of other
        // users may be partly hidden.
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT l.pid, coalesce(a.application_name, ''), coalesce(a.usename, ''), coalesce(host(a.client_addr), 'this machine'), coalesce(a.state, 'unknown'), coalesce(a.xact_start, a.state_change, a.backend_start)
            FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = {(uint)(Key >> 32)} AND l.objid = {unchecked((uint)Key)} AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """);
        using (var forget = new NpgsqlCommand("SELECT pg_stat_clear_snapshot()", connection))
        {
            // Without this, session activity is read only once per transaction.
            forget.ExecuteNonQuery();
        }

        using var command = new NpgsqlCommand(sql, connection);
        using var row = command.ExecuteReader();
        if (!row.Read())
        {
            return ("<pid>", "a session that has just given it back");
        }

        var since = row.IsDBNull(5) ? "" : string.Create(CultureInfo.InvariantCulture, $", since {row.GetFieldValue<DateTimeOffset>(5):yyyy-MM-dd HH:mm:ss'Z'}");
        var session = row.GetInt32(0).ToString(CultureInfo.InvariantCulture);
        return (session, $"session {session} ('{row.GetString(1)}' of user '{row.GetString(2)}' from {row.GetString(3)}, {row.GetString(4)}{since})");
    }

    [LoggerMessage(1, LogLevel.Warning, "Waiting to bring the database up to date: {Holder} has the lock for migrations. This start gives up after {Wait}")]
    private static partial void LogWaiting(ILogger logger, string holder, TimeSpan wait);
}
