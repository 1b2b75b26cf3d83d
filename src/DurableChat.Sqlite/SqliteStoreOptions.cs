namespace DurableChat.Sqlite;

/// <summary>Where the SQLite store keeps its data.</summary>
/// <param name="Path">The database file; it and its folder are made if missing.</param>
public sealed record SqliteStoreOptions(string Path)
{
    /// <summary>How many reads may run at once. 1 to 64; default 4.</summary>
    public int Readers { get; init; } = 4;
}
