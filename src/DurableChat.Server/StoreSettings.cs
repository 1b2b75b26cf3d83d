namespace DurableChat.Server;

/// <summary>The configuration section <c>Store</c>: where chats are kept.</summary>
internal sealed class StoreSettings
{
    /// <summary>The SQLite file.</summary>
    public string? Sqlite { get; set; }

    /// <summary>A connection string or URL of PostgreSQL, instead of a file.</summary>
    public string? PostgreSql { get; set; }

    /// <summary>The most connections of the pool to PostgreSQL.</summary>
    public int? MaxConnections { get; set; }
}
