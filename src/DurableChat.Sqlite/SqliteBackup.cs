using System.Globalization;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>Backs up databases, including those in use, and restores lost ones.</summary>
public static class SqliteBackup
{
    /// <summary>Writes a consistent copy of a database. A server may keep writing to the database meanwhile.</summary>
    /// <param name="path">The database.</param>
    /// <param name="target">The file to write. It must not exist, and it appears only when it is complete.</param>
    /// <exception cref="ChatStoreException">The backup failed. The message says why.</exception>
    public static void Save(string path, string target)
    {
        if (!File.Exists(path))
        {
            throw new ChatStoreException(
                $"There is no database '{Path.GetFullPath(path)}'. Say with --data where it is.");
        }

        Copy(path, Path.GetFullPath(target), _ => { });
    }

    /// <summary>
    /// Puts a backup in the place of a lost database and begins a new epoch of every chat. Clients that saw more than
    /// the backup contains then reread everything, instead of mistaking the next messages for those they know. Also
    /// brings the schema up to date.
    /// </summary>
    /// <param name="backup">The backup.</param>
    /// <param name="path">The path of the database. The file must not exist, and no server may run.</param>
    /// <param name="now">
    /// The time. The new epochs are derived from it, so they are higher than all earlier ones.
    /// </param>
    /// <returns>The number of chats.</returns>
    /// <exception cref="ChatStoreException">The restore failed. The message says why.</exception>
    public static long Restore(string backup, string path, DateTimeOffset now)
    {
        if (!File.Exists(backup))
        {
            throw new ChatStoreException($"There is no backup '{Path.GetFullPath(backup)}'.");
        }

        path = SqliteChatStore.Locate(path);
        using var guard = SqliteFileLock.Take(path);
        foreach (var remnant in (string[])[$"{path}-wal", $"{path}-shm"])
        {
            if (File.Exists(remnant))
            {
                // SQLite would apply it to any database next to it.
                throw new ChatStoreException(
                    $"'{remnant}' is left of another database. Move it away first, together with that database.");
            }
        }

        return Copy(backup, path, copy =>
        {
            SqliteMigrations.Apply(copy, path);
            SqliteConnections.Execute(
                copy, $"UPDATE chats SET epoch = {Higher("epoch", now)}, version = {Higher("version", now)}");
        });
    }

    private static string Higher(string column, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"max({column} + 1, {now.ToUnixTimeMilliseconds()})");

    private static long Copy(string from, string to, Action<SqliteConnection> change)
    {
        if (Path.Exists(to))
        {
            throw new ChatStoreException($"'{to}' exists. Move it away, or choose another name.");
        }

        var partial = $"{to}.partial";
        try
        {
            File.Delete(partial);
            PrivateFiles.Create(partial);
            long chats;
            using (var source = SqliteConnections.OpenReader(from))
            using (var copy = SqliteConnections.OpenCopy(partial))
            {
                SqliteMigrations.RefuseForeign(source, from);
                source.BackupDatabase(copy);

                // The copy must be a single file, whatever files the database had next to it.
                SqliteConnections.Execute(copy, "PRAGMA journal_mode = DELETE");
                change(copy);
                if (SqliteConnections.Query(copy, "PRAGMA quick_check") is not "ok")
                {
                    throw new ChatStoreException($"The database '{from}' is damaged. Take another backup.");
                }

                chats = (long)SqliteConnections.Query(copy, "SELECT count(*) FROM chats")!;
            }

            File.Move(partial, to);
            return chats;
        }
        catch (SqliteException exception)
        {
            throw SqliteConnections.Explain(exception, from);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ChatStoreException(
                $"'{to}' cannot be written: {exception.Message} Check the folder and its permissions.", exception);
        }
        finally
        {
            TryDelete(partial);
        }
    }

    private static void TryDelete(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failed write has already been reported.
        }
    }
}
