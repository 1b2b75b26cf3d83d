using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <summary>
/// Keeps a second process off the database. Two servers on one file would each consider the other's leases dead, and
/// serve windows that the other has made stale. The operating system releases the lock when the process ends, for any
/// reason. Only the file's owner can open it, so no other user can hold the lock.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    /// <summary>The error codes for a file that another process has locked: Linux, macOS, Windows.</summary>
    private static readonly int[] _sharingViolations = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private SqliteFileLock(FileStream file) => _file = file;

    public static SqliteFileLock Take(string databasePath)
    {
        try
        {
            return new SqliteFileLock(new FileStream($"{databasePath}.lock",
                PrivateFiles.Options(FileMode.OpenOrCreate)));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ChatStoreException($"The folder of the database '{databasePath}' cannot be written. Check its permissions.", exception);
        }
        catch (IOException exception) when (!_sharingViolations.Contains(exception.HResult))
        {
            throw new ChatStoreException($"The lock file of the database '{databasePath}' cannot be made: {exception.Message} Check the path and the disk.", exception);
        }
        catch (IOException exception)
        {
            throw new ChatStoreException($"The database '{databasePath}' is in use by another process. Stop that process, or give this one a file of its own.", exception);
        }
    }

    public void Dispose() => _file.Dispose();
}
