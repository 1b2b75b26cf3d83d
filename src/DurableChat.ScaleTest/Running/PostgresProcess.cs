using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DurableChat.ScaleTest.Running;

/// <summary>
/// A PostgreSQL server of the test's own: a new cluster in a temporary folder, on a free port of this machine. It goes
/// with its folder.
/// </summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly string _programs;
    private readonly string[] _asUser;

    private PostgresProcess(DirectoryInfo folder, string programs, string[] asUser)
    {
        _folder = folder;
        _programs = programs;
        _asUser = asUser;
    }

    public int Port { get; private set; }

    /// <summary>How to reach its database.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=durablechat;Database=postgres";

    /// <summary>The process id of the postmaster, whose children are the sessions; null while it is down.</summary>
    public int? Id =>
        File.Exists(PidFile) && int.TryParse(File.ReadLines(PidFile).FirstOrDefault(), out var id) ? id : null;

    private string Data => Path.Combine(_folder.FullName, "data");

    private string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>Makes the cluster and starts it.</summary>
    /// <param name="isDurable">False for tests that crash no machine: the disk is not waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartFailedException">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<PostgresProcess> StartAsync(bool isDurable, CancellationToken cancellationToken)
    {
        var programs = FindPrograms();
        var folder = Directory.CreateTempSubdirectory("durablechat-postgres-");
        var server = new PostgresProcess(folder, programs, await FindUserAsync(folder));
        try
        {
            await server.RunAsync(
                "initdb",
                "-D",
                server.Data,
                "-U",
                "durablechat",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync");

            // As late as possible: until the server listens, another program may take the port.
            server.Port = FreePort();
            string[] settings =
            [
                $"port = {server.Port}",
                "listen_addresses = '127.0.0.1'",
                $"unix_socket_directories = '{folder.FullName}'",
                "max_connections = 300",
                "shared_buffers = 256MB",
                $"fsync = {(isDurable ? "on" : "off")}",
            ];
            await File.AppendAllLinesAsync(Path.Combine(server.Data, "postgresql.conf"), settings, cancellationToken);
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>.</summary>
    public Task StartAsync() =>
        RunAsync("pg_ctl", "-D", Data, "-l", Path.Combine(_folder.FullName, "log"), "-w", "-t", "60", "start");

    /// <summary>Stops it as if it had crashed: sessions break off, and the next start recovers.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    /// <summary>Where a file in the folder is in which its programs run.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Runs a statement as an operator would.</summary>
    public async Task ExecuteAsync(string sql)
    {
        try
        {
            await RunAsync(
                "psql",
                "-h",
                "127.0.0.1",
                "-p",
                $"{Port}",
                "-U",
                "durablechat",
                "-d",
                "postgres",
                "-q",
                "-o",
                "/dev/null",
                "-c",
                sql);
        }
        catch (StartFailedException)
        {
            // It is down or just coming up; the fault that was wanted is there already.
        }
    }

    /// <summary>Runs one of the programs that came with it, as its user and in its folder.</summary>
    /// <exception cref="StartFailedException">It failed.</exception>
    public async Task RunAsync(string program, params string[] arguments)
    {
        string[] all = [.. _asUser, Path.Combine(_programs, program), .. arguments];
        var start = new ProcessStartInfo(all[0], all.Skip(1))
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;

        // A server that stays keeps these pipes open, so their end is not waited for.
        var errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new StartFailedException($"{program} failed: {await errors}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Id is not null)
        {
            await StopAsync();
        }

        _folder.Delete(recursive: true);
    }

    private static string FindPrograms()
    {
        var versions = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            : Enumerable.Empty<string>();
        return versions.Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new StartFailedException(
                "PostgreSQL is not installed: no initdb was found. Install the package 'postgresql', or name a "
                    + "database with --store.");
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static async Task<string[]> FindUserAsync(DirectoryInfo folder)
    {
        if (Environment.UserName != "root")
        {
            return [];
        }

        using var chown = Process.Start("chown", ["nobody", folder.FullName]);
        await chown.WaitForExitAsync();
        return ["setpriv", "--reuid=nobody", "--clear-groups", "--"];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
