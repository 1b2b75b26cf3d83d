namespace DurableChat.PostgreSql;

/// <summary>Where the database is and how it is used.</summary>
/// <param name="ConnectionString">An Npgsql connection string, or a URL such as <c>postgres://user:password@host/database</c>.</param>
public sealed record PostgresStoreOptions(string ConnectionString)
{
    /// <summary>How many connections this replica has at most, besides two for notifications, unless the connection string says so. 1 to 1,000; default 20.</summary>
    public int MaxConnections { get; init; } = 20;

    /// <summary>How long one statement may take, unless the connection string says so. Default 15 seconds.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a commit or read is tried again while the database fails over. Default 15 seconds.</summary>
    public TimeSpan FailoverTime { get; init; } = TimeSpan.FromSeconds(15);
}
