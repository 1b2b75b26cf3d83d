using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <summary>
/// Creates files and folders that only their owner can open, whatever the process's umask: they contain chats, and a
/// process that can open the lock file can hold the lock. SQLite gives the files that it creates next to a database the
/// permissions of the database. On Windows files inherit the folder's permissions, and this class does nothing.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates a folder if it does not exist. An existing folder is left unchanged.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Owners | UnixFileMode.UserExecute);
    }

    /// <summary>Creates an empty file if there is none, before SQLite creates one that others can read.</summary>
    /// <exception cref="ChatStoreException">The file cannot be created.</exception>
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
            // Another process was faster. Its file is checked like any existing one.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ChatStoreException($"The file '{path}' cannot be made. Check the permissions of its folder.",
                exception);
        }
    }

    /// <summary>Options that create a file if it does not exist.</summary>
    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owners;
        }

        return options;
    }

    /// <summary>
    /// Removes other users' permissions from a database and the files next to it. Files that belong to another user
    /// stay as they are.
    /// </summary>
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
                // The file belongs to another user, or was deleted in the meantime.
            }
        }
    }
}
