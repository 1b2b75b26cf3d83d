using DurableChat.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DurableChat.Sqlite;

/// <summary>
/// Checks a file for damage before anything is written to it. At the start, damage is reported in one sentence; later,
/// it would surface as a chat that cannot be read.
/// </summary>
internal static class SqliteCheck
{
    /// <summary>The time is checked after this many steps of SQLite's virtual machine.</summary>
    private const int StepsBetween = 1_000;

    private const int Interrupted = 9;

    /// <summary>Checks as much as the time allows.</summary>
    /// <exception cref="ChatStoreException">The file is damaged.</exception>
    public static void Run(SqliteConnection connection, string path, TimeSpan time, TimeProvider clock)
    {
        if (time <= TimeSpan.Zero)
        {
            return;
        }

        var began = clock.GetTimestamp();
        raw.sqlite3_progress_handler(connection.Handle, StepsBetween, _ => clock.GetElapsedTime(began) > time ? 1 : 0, null);
        try
        {
            if (SqliteConnections.Query(connection, "PRAGMA quick_check(1)") is not "ok")
            {
                throw new ChatStoreException($"The database '{path}' is damaged. Restore it from a backup.");
            }
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == Interrupted)
        {
            // A large file may take longer than a start may take. The part that was checked is intact.
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }
}
