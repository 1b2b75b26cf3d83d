namespace DurableChat.Recorder.Recordings;

/// <summary>
/// The folder for what does not fit into memory. Its files contain provider responses but no requests, and only this
/// user can read them. They are deleted with their recordings; files that remain after a crash are deleted at the next
/// start. Thread-safe.
/// </summary>
internal sealed class Spool : IDisposable
{
    private const string Suffix = ".spool";
    private readonly string _folder;
    private readonly FileStream _lock;
    private long _number;

    private Spool(string folder, FileStream held, long maxBytes)
    {
        (_folder, _lock) = (folder, held);
        Budget = new ByteBudget(maxBytes);
    }

    /// <summary>The limit on the size of all files.</summary>
    public ByteBudget Budget { get; }

    /// <summary>Claims a folder, creates it if necessary, and deletes files that remain from a crash.</summary>
    /// <exception cref="IOException">Another recorder uses the folder, or the folder is not writable.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public static Spool Open(string folder, long maxBytes)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        FileStream held;
        try
        {
            held = new FileStream(
                Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new FolderInUseException(folder, exception);
        }

        foreach (var left in Directory.EnumerateFiles(folder, $"*{Suffix}"))
        {
            File.Delete(left);
        }

        return new Spool(folder, held, maxBytes);
    }

    /// <summary>Creates a file that is deleted when it is closed.</summary>
    public FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(_folder, $"{Interlocked.Increment(ref _number)}{Suffix}"), options);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
