using DurableChat.Diagnostics;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>A connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection, StoreMetrics metrics) : IDisposable
{
    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE.</summary>
    private const int StatusOfPagesWritten = 9;

    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>True outside of a transaction. Some errors end a transaction implicitly.</summary>
    public bool IsAutocommit => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) != 0;

    /// <summary>The number of pages written since the last call. In WAL mode they are written to the log.</summary>
    public int TakePagesWritten() =>
        SQLitePCL.raw.sqlite3_db_status(connection.Handle, StatusOfPagesWritten, out var pages, out _, 1) == SQLitePCL.raw.SQLITE_OK ? pages : 0;

    /// <summary>Runs BEGIN, COMMIT and similar statements.</summary>
    public void Control(string sql) => Prepare(sql).ExecuteNonQuery();

    /// <summary>Runs a statement and returns the number of changed rows.</summary>
    public int Execute(string operation, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        metrics.Statements(operation);
        return Bind(sql, parameters).ExecuteNonQuery();
    }

    /// <summary>Runs a query. Dispose the reader before the next statement.</summary>
    public SqliteDataReader Query(string operation, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        metrics.Statements(operation);
        return Bind(sql, parameters).ExecuteReader();
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = Prepare(sql);
        if (command.Parameters.Count == 0)
        {
            foreach (var (name, _) in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }
        }

        foreach (var (name, value) in parameters)
        {
            command.Parameters[name].Value = value ?? DBNull.Value;
        }

        return command;
    }

    private SqliteCommand Prepare(string sql)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }

        return command;
    }
}
