using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <summary>
/// Makes files and folders that nobody but their owner can open, whatever the process's umask is: chats are in them,
/// and who can open the lock file can hold the lock. SQLite gives what it puts beside a
/// database the permissions of the database. On Windows the folder's permissions are inherited, and nothing is done
/// here.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder if it is missing. One that is there is left as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Owners | UnixFileMode.UserExecute);
    }

    /// <summary>Makes an empty file if there is none, before SQLite makes one that others can read.</summary>
    /// <exception cref="ChatStoreException">It cannot be made.</exception>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows() || Path.Exists(path))
        {
            return;
        }

        try
        {
            using var file = new FileStream(path, Options(FileMode.CreateNew));
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody was faster. What they made is looked at as any other file is.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ChatStoreException($"The file '{path}' cannot be made. Check the permissions of its folder.",
                exception);
        }
    }

    /// <summary>How to open a file that is made if it is missing.</summary>
    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owners;
        }

        return options;
    }

    /// <summary>Takes from a database and what is beside it whatever rights others have. Files of another user stay
    /// as they are.</summary>
    public static void Close(string databasePath)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var path in (string[])[databasePath, $"{databasePath}-wal", $"{databasePath}-shm",
            $"{databasePath}.lock"])
        {
            try
            {
                if (File.Exists(path) && File.GetUnixFileMode(path) is var mode && (mode & ~Owners) != 0)
                {
                    File.SetUnixFileMode(path, mode & Owners);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Its owner is somebody else, who decides, or it has just gone.
            }
        }
    }
}
