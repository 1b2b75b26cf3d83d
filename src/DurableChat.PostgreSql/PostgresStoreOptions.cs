namespace DurableChat.PostgreSql;

/// <summary>Where the database is and how it is used.</summary>
/// <param name="ConnectionString">An Npgsql connection string, or a URL such as <c>postgres://user:password@host/database</c>.</param>
public sealed record PostgresStoreOptions(string ConnectionString)
{
    /// <summary>How many connections this replica has at most, besides two for notifications, unless the connection string says so. 1 to 1,000; default 20.</summary>
    public int MaxConnections { get; init; } = 20;

    /// <summary>
    /// A connection string that leads directly to the database, for notifications: needed if <see cref="ConnectionString"/> leads to a pooler in transaction mode, which swallows them. Null for the same one.
    /// </summary>
    public string? NotificationConnectionString { get; init; }

    /// <summary>How long one statement may take, unless the connection string says so. Default 10 seconds. The client waits 2 seconds longer, unless the connection string has a <c>Command Timeout</c>.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a commit or read is tried again while the database fails over. Default 20 seconds.</summary>
    public TimeSpan FailoverTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one heartbeat may take, in whole seconds. Null, the default, for a quarter of <c>Worker:LeaseDuration</c>, at least one second and at most five.</summary>
    public TimeSpan? HeartbeatTimeout { get; init; }

    /// <summary>How long a start waits for another that brings the database up to date, and for locks of its tables. Default 30 seconds.</summary>
    public TimeSpan MigrationWait { get; init; } = TimeSpan.FromSeconds(30);
}
