using System.Security.Cryptography;

namespace DurableChat.Server.Recorders;

/// <summary>
/// The folder of a recorder that a server starts: its socket, its secret and its spool. It is next to the database, so
/// that the next server finds a recorder that the previous one has started. Only this user may access it. Immutable.
/// </summary>
internal sealed class RecorderFolder
{
    private const int SecretBytes = 32;

    private RecorderFolder(string path) => Path = path;

    /// <summary>The path of the folder.</summary>
    public string Path { get; }

    /// <summary>Where the recorder listens.</summary>
    public string Address => $"unix:{System.IO.Path.Combine(Path, "socket")}";

    /// <summary>The file of the secret.</summary>
    public string SecretFile => System.IO.Path.Combine(Path, "secret");

    /// <summary>The folder next to a database. It is created if it does not exist.</summary>
    public static RecorderFolder Beside(string database)
    {
        var path = System.IO.Path.GetFullPath($"{database}.recorder");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new RecorderFolder(path);
    }

    /// <summary>
    /// The secret that the servers and the recorder of this folder share. The first server creates it.
    /// </summary>
    public string ReadSecret()
    {
        if (!File.Exists(SecretFile))
        {
            // Written to a separate file and renamed when complete, because another server may read it at the same
            // time.
            var draft = $"{SecretFile}.{Guid.NewGuid():N}";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var writer = new StreamWriter(draft, options))
            {
                writer.Write(RandomNumberGenerator.GetHexString(2 * SecretBytes, lowercase: true));
            }

            try
            {
                File.Move(draft, SecretFile, overwrite: false);
            }
            catch (IOException) when (File.Exists(SecretFile))
            {
                File.Delete(draft);
            }
        }

        return File.ReadAllText(SecretFile).Trim();
    }
}
