namespace DurableChat.Sqlite;

/// <summary>Where the SQLite store keeps its data.</summary>
/// <param name="Path">The database file; it and its folder are made if missing.</param>
public sealed record SqliteStoreOptions(string Path)
{
    /// <summary>How many reads may run at once. 1 to 64; default 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>
    /// How long the start may look for damage in the file; what there is no time for is not looked at. Zero turns it
    /// off. Default 3 seconds.
    /// </summary>
    public TimeSpan CheckTime { get; init; } = TimeSpan.FromSeconds(3);
}
