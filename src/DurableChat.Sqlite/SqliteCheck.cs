using DurableChat.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DurableChat.Sqlite;

/// <summary>
/// Looks whether a file is damaged before anything is written to it: what is found at the start is one sentence, and
/// what is found later is a chat that cannot be read.
/// </summary>
internal static class SqliteCheck
{
    /// <summary>After so many steps of SQLite the time is looked at.</summary>
    private const int StepsBetween = 1_000;

    private const int Interrupted = 9;

    /// <summary>Checks as much as there is time for.</summary>
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
            // A large file takes longer than a start may; what was looked at is well.
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }
}
