using System.Security.Cryptography;

namespace DurableChat.Server.Recorders;

/// <summary>
/// The folder of a recorder that a server starts: its socket, its secret and its spool. It lies beside the database, so
/// that the next server finds the recorder that the one before has left. Only this user may enter it. Immutable.
/// </summary>
internal sealed class RecorderFolder
{
    private const int SecretBytes = 32;

    private RecorderFolder(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Where the recorder listens.</summary>
    public string Address => $"unix:{System.IO.Path.Combine(Path, "socket")}";

    /// <summary>The file of the secret.</summary>
    public string SecretFile => System.IO.Path.Combine(Path, "secret");

    /// <summary>The folder beside a database; it is made if it is missing.</summary>
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

    /// <summary>The secret that servers and recorder of this folder share; the first one makes it.</summary>
    public string ReadSecret()
    {
        if (!File.Exists(SecretFile))
        {
            // A file of its own that gets the name when it is whole: another server may read it in that moment.
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
