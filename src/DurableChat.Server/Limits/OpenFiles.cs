using System.Globalization;

namespace DurableChat.Server.Limits;

/// <summary>
/// How many files this process may have open. Each connection is one, and a process that has none left can neither
/// load a library nor open its database.
/// </summary>
internal static class OpenFiles
{
    /// <summary>The fewest with which a server is of use.</summary>
    public const long Fewest = 1024;

    /// <summary>What the process has open itself: libraries, the database, connections to it, logs.</summary>
    private const int OfProcess = 512;

    private const string Limits = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <summary>The limit of the system for this process; null if there is none, or it is not known.</summary>
    public static long? Limit => File.Exists(Limits) ? Read(File.ReadLines(Limits)) : null;

    /// <summary>
    /// Reads what the kernel says of the limits of a process. The runtime has raised the soft one to the hard one.
    /// </summary>
    public static long? Read(IEnumerable<string> limits) =>
        limits.FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal)) is { } line
        && line[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
        && long.TryParse(soft, CultureInfo.InvariantCulture, out var most)
            ? most
            : null;

    /// <summary>How many connections there is room for.</summary>
    /// <param name="limit">How many files may be open.</param>
    /// <param name="turns">How many turns may run: each has a connection to a model.</param>
    public static int ConnectionsFor(long limit, int turns) =>
        (int)Math.Clamp(limit - OfProcess - Math.Min(turns, limit / 4), OfProcess / 8, int.MaxValue);
}
