using System.Globalization;
using System.Net;

namespace DurableChat.ScaleTest.Running;

/// <summary>Finds the process of this machine that listens where a URL points, as far as one may see it.</summary>
internal static class ListeningProcess
{
    /// <summary>
    /// The process id; null for another machine, another user's process, or a system without <c>/proc</c>.
    /// </summary>
    public static int? Find(Uri url)
    {
        if (!OperatingSystem.IsLinux() || !(url.IsLoopback || Dns.GetHostName() == url.Host))
        {
            return null;
        }

        var sockets = Sockets("/proc/net/tcp", url.Port)
            .Concat(Sockets("/proc/net/tcp6", url.Port))
            .Select(inode => $"socket:[{inode}]")
            .ToHashSet(StringComparer.Ordinal);
        return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(
                Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && Holds(id, sockets))
            .Select(id => (int?)id)
            .FirstOrDefault();
    }

    private static IEnumerable<string> Sockets(string table, int port)
    {
        const string Listening = "0A";
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.Exists(table)
            ? File.ReadLines(table).Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length > 9
                    && fields[3] == Listening
                    && fields[1].EndsWith(suffix, StringComparison.Ordinal))
                .Select(fields => fields[9])
            : [];
    }

    private static bool Holds(int id, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{id}/fd").Any(file => File.ResolveLinkTarget(
                file, returnFinalTarget: false) is { } target && sockets.Contains(Path.GetFileName(target.FullName)));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
