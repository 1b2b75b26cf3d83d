namespace DurableChat.Sqlite;

/// <summary>Options of the SQLite store.</summary>
/// <param name="Path">The database file. The file and its folder are created if they do not exist.</param>
public sealed record SqliteStoreOptions(string Path)
{
    /// <summary>How many reads may run at once. 1 to 64; default 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>
    /// How long the start may check the file for damage. A part that is not reached in this time is not checked. Zero
    /// disables the check. Default 3 seconds.
    /// </summary>
    public TimeSpan CheckTime { get; init; } = TimeSpan.FromSeconds(3);
}
