namespace DurableChat.Server;

/// <summary>The configuration section <c>Store</c>: where chats are kept.</summary>
internal sealed class StoreSettings
{
    /// <summary>The SQLite file.</summary>
    public string? Sqlite { get; set; }

    /// <summary>How long the start may look for damage in the SQLite file; zero for not at all. By default 3 seconds.</summary>
    public TimeSpan? SqliteCheckTime { get; set; }

    /// <summary>A connection string or URL of PostgreSQL, instead of a file.</summary>
    public string? PostgreSql { get; set; }

    /// <summary>The most connections of the pool to PostgreSQL.</summary>
    public int? MaxConnections { get; set; }

    /// <summary>How long PostgreSQL may take for one statement.</summary>
    public TimeSpan? StatementTimeout { get; set; }

    /// <summary>How long a commit or read is tried again while PostgreSQL fails over.</summary>
    public TimeSpan? FailoverTime { get; set; }

    /// <summary>How long one heartbeat may take.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary>How long a start waits for another that brings the schema of PostgreSQL up to date.</summary>
    public TimeSpan? MigrationWait { get; set; }
}
