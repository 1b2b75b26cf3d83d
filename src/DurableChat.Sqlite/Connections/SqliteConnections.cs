using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>
/// Opens connections with the settings that the store relies on, and explains SQLite's errors in plain words.
/// </summary>
internal static class SqliteConnections
{
    private const int CannotOpen = 14;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Failure = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int NotADatabase = 26;

    /// <summary>
    /// How long another program may lock the file before that is an error. This process's own connections never wait
    /// for each other: only one writes, and readers of a WAL do not block it.
    /// </summary>
    private const int BusyTimeoutSeconds = 2;

    /// <summary>Opens the connection that writes, after <paramref name="check"/> has accepted the file.</summary>
    public static SqliteConnection OpenWriter(string path, Action<SqliteConnection>? check = null)
    {
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // The check comes first because it may refuse the file, and a foreign file must stay unchanged.
            check?.Invoke(connection);

            // WAL with full synchronisation: a commit is on the disk before it is acknowledged, and survives a power
            // failure.
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");

            // Overwrites deleted content, so that it does not stay readable in the file.
            Execute(connection, "PRAGMA secure_delete = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWrite);
        try
        {
            Execute(connection, "PRAGMA query_only = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file as the target of a copy.</summary>
    public static SqliteConnection OpenCopy(string path) => Open(path, SqliteOpenMode.ReadWriteCreate);

    /// <summary>Runs a query that returns one value.</summary>
    public static object? Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Explains an error to the operator.</summary>
    public static ChatStoreException Explain(SqliteException exception, string path) => new(
        exception.SqliteErrorCode switch
        {
            Busy or Locked => $"The database '{path}' is locked by another program. Close that program, or give the server a file of its own.",
            ReadOnly => $"The database '{path}' cannot be written. Check the permissions of the file and of its folder.",
            CannotOpen => $"The database '{path}' cannot be opened. Check that the path names a file, and the permissions of it and of its folder.",
            Full => $"The disk that holds '{path}' is full. Make room on it.",
            Failure => $"Reading or writing the database '{path}' failed. Check the disk.",
            Corrupt => $"The database '{path}' is damaged. Restore it from a backup.",
            NotADatabase => $"The file '{path}' is not a SQLite database. Check the path, or give the server a file of its own.",
            _ => $"SQLite failed on '{path}' (error {exception.SqliteErrorCode}).",
        },
        exception);

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = BusyTimeoutSeconds,
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
