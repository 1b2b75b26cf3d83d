namespace DurableChat.Server.Stores;

/// <summary>The configuration section <c>Store</c>: where chats are kept.</summary>
internal sealed class StoreSettings
{
    /// <summary>The SQLite file.</summary>
    public string? Sqlite { get; set; }

    /// <summary>
    /// How long the start may check the SQLite file for damage. Zero disables the check. Default 3 seconds.
    /// </summary>
    public TimeSpan? SqliteCheckTime { get; set; }

    /// <summary>A PostgreSQL connection string or URL. It replaces the file.</summary>
    public string? PostgreSql { get; set; }

    /// <summary>The maximum number of PostgreSQL connections in the pool.</summary>
    public int? MaxConnections { get; set; }

    /// <summary>How long one PostgreSQL statement may take.</summary>
    public TimeSpan? StatementTimeout { get; set; }

    /// <summary>How long a commit or read is retried while PostgreSQL fails over.</summary>
    public TimeSpan? FailoverTime { get; set; }

    /// <summary>How long one heartbeat may take.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary>How long a start waits for another replica's migration of the PostgreSQL schema.</summary>
    public TimeSpan? MigrationWait { get; set; }
}
