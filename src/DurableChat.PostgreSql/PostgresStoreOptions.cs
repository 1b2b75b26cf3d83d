namespace DurableChat.PostgreSql;

/// <summary>Options of the PostgreSQL store.</summary>
/// <param name="ConnectionString">
/// An Npgsql connection string, or a URL such as <c>postgres://user:password@host/database</c>.
/// </param>
public sealed record PostgresStoreOptions(string ConnectionString)
{
    /// <summary>
    /// The maximum number of connections of this replica, in addition to two for notifications. The connection string
    /// takes precedence. 1 to 1,000; default 20.
    /// </summary>
    public int MaxConnections { get; init; } = 20;

    /// <summary>
    /// A connection string that leads directly to the database, for notifications. It is needed if
    /// <see cref="ConnectionString"/> leads to a pooler in transaction mode, which drops notifications. Null uses the
    /// same connection string.
    /// </summary>
    public string? NotificationConnectionString { get; init; }

    /// <summary>
    /// How long one statement may take. The connection string takes precedence. The client waits 2 seconds longer,
    /// unless the connection string has a <c>Command Timeout</c>. Default 10 seconds.
    /// </summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a commit or read is retried while the database fails over. Default 20 seconds.</summary>
    public TimeSpan FailoverTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long one heartbeat may take, in whole seconds. Null, the default, uses a quarter of
    /// <c>Worker:LeaseDuration</c>, but at least one second and at most five.
    /// </summary>
    public TimeSpan? HeartbeatTimeout { get; init; }

    /// <summary>
    /// How long a start waits for another replica's migration and for table locks. Default 30 seconds.
    /// </summary>
    public TimeSpan MigrationWait { get; init; } = TimeSpan.FromSeconds(30);
}
