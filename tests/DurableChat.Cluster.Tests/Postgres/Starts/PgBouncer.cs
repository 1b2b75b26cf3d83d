using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace DurableChat.Cluster.Tests.Postgres.Starts;

/// <summary>A PgBouncer of the test's own, in front of one database.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private PgBouncer(DirectoryInfo folder, Process process, string connectionString)
    {
        _folder = folder;
        _process = process;
        ConnectionString = connectionString;
    }

    /// <summary>How to reach the database through it.</summary>
    public string ConnectionString { get; }

    /// <param name="database">The database.</param>
    /// <param name="mode">How it shares sessions: <c>transaction</c> or <c>session</c>.</param>
    /// <param name="settings">Further settings.</param>
    public static async Task<PgBouncer> StartAsync(string database, string mode = "transaction", string settings = "ignore_startup_parameters = options,extra_float_digits")
    {
        var direct = new NpgsqlConnectionStringBuilder(database);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var folder = Directory.CreateTempSubdirectory("durablechat-bouncer-");
        using (var open = Process.Start("chmod", ["755", folder.FullName]))
        {
            await open.WaitForExitAsync();
        }

        var users = Path.Combine(folder.FullName, "users.txt");
        await File.WriteAllTextAsync(users, $"\"{direct.Username}\" \"\"\n");
        var file = Path.Combine(folder.FullName, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            file,
            $"""
            [databases]
            {direct.Database} = host={direct.Host} port={direct.Port} dbname={direct.Database}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {users}
            pool_mode = {mode}
            {settings}
            """);

        // It refuses to run as root.
        string[] asUser = Environment.UserName == "root" ? ["-u", "nobody"] : [];
        var process = Process.Start(new ProcessStartInfo("pgbouncer", [.. asUser, file]) { RedirectStandardError = true })!;
        var log = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (line.Contains("process up", StringComparison.Ordinal))
            {
                _ = process.StandardError.ReadToEndAsync();
                return new PgBouncer(folder, process, new NpgsqlConnectionStringBuilder(database) { Port = port, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable }.ConnectionString);
            }
        }

        throw new InvalidOperationException($"PgBouncer ended before it was ready:\n{string.Join('\n', log)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
