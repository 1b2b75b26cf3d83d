using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace DurableChat.Cluster.Tests.Deployment;

/// <summary>nginx, HAProxy or Caddy with the configuration that is shipped, but for the addresses.</summary>
internal sealed partial class Balancer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durablechat-");
    private readonly Process _process;

    private Balancer(Func<DirectoryInfo, int, ProcessStartInfo> prepare)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Url = new Uri($"http://127.0.0.1:{port}");
        var start = prepare(_folder, port);
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
    }

    public Uri Url { get; }

    /// <summary>Starts HAProxy with <c>deploy/haproxy.cfg</c>.</summary>
    public static Task<Balancer> StartHaproxyAsync(IReadOnlyList<Uri> replicas) => StartAsync("Loading success", (folder, port) =>
    {
        var shipped = ReadShipped("haproxy.cfg");
        var servers = string.Join('\n', replicas.Select((replica, number) => $"    server replica{number} {replica.Authority}")) + "\n";
        var path = Path.Combine(folder.FullName, "haproxy.cfg");
        File.WriteAllText(path, Replace(HaproxyServers(), Replace(HaproxyPort(), shipped, $"bind 127.0.0.1:{port}"), servers));
        return new ProcessStartInfo("haproxy", ["-W", "-db", "-f", path]);
    });

    /// <summary>Starts nginx with <c>deploy/nginx.conf</c>.</summary>
    /// <param name="replicas">What it balances.</param>
    /// <param name="change">Changes the configuration; null leaves it as it is shipped.</param>
    public static Task<Balancer> StartNginxAsync(IReadOnlyList<Uri> replicas, Func<string, string>? change = null) => StartAsync("start worker process ", (folder, port) =>
    {
        var shipped = ReadShipped("nginx.conf");
        var servers = string.Join('\n', replicas.Select(replica => $"    server {replica.Authority} max_fails=2 fail_timeout=5s;")) + "\n";
        var site = Replace(NginxServers(), Replace(NginxPort(), shipped, $"listen 127.0.0.1:{port};"), servers);
        var paths = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"{kind}_temp_path {folder.FullName}/{kind};\n"));
        var path = Path.Combine(folder.FullName, "nginx.conf");

        // Large bodies stay in memory: where root starts nginx its workers are somebody else, who may not write into
        // this folder.
        File.WriteAllText(
            path,
            $"daemon off;\npid {folder.FullName}/pid;\nerror_log stderr notice;\nworker_processes 1;\nevents {{}}\nhttp {{\naccess_log off;\nclient_body_buffer_size 8m;\n{paths}{(change is null ? site : change(site))}\n}}\n");
        return new ProcessStartInfo("nginx", ["-c", path, "-e", "stderr"]);
    });

    /// <summary>Starts Caddy with <c>deploy/Caddyfile</c>.</summary>
    /// <param name="replicas">What it balances.</param>
    /// <param name="change">Changes the configuration; null leaves it as it is shipped.</param>
    public static Task<Balancer> StartCaddyAsync(IReadOnlyList<Uri> replicas, Func<string, string>? change = null) => StartAsync("serving initial configuration", (folder, port) =>
    {
        var servers = $"reverse_proxy {string.Join(' ', replicas.Select(replica => replica.Authority))} {{";
        var site = Replace(CaddyServers(), Replace(CaddyPort(), ReadShipped("Caddyfile"), $"http://127.0.0.1:{port} {{"), servers);
        var path = Path.Combine(folder.FullName, "Caddyfile");
        File.WriteAllText(path, $"{{\n\tadmin off\n\tgrace_period 1s\n}}\n{(change is null ? site : change(site))}");
        return new ProcessStartInfo("caddy", ["run", "--config", path, "--adapter", "caddyfile"]) { Environment = { ["HOME"] = folder.FullName, ["XDG_DATA_HOME"] = folder.FullName, ["XDG_CONFIG_HOME"] = folder.FullName } };
    });

    public async ValueTask DisposeAsync()
    {
        // Politely, for both have children.
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<Balancer> StartAsync(string ready, Func<DirectoryInfo, int, ProcessStartInfo> prepare)
    {
        var balancer = new Balancer(prepare);
        var log = new List<string>();
        while (await balancer._process.StandardError.ReadLineAsync() is { } line)
        {
            log.Add(line);
            if (line.Contains(ready, StringComparison.Ordinal))
            {
                _ = balancer._process.StandardError.ReadToEndAsync();
                return balancer;
            }
        }

        throw new InvalidOperationException($"It ended before it was ready:\n{string.Join('\n', log)}");
    }

    private static string ReadShipped(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "deploy", name));

    private static string Replace(Regex pattern, string text, string replacement) =>
        pattern.IsMatch(text) ? pattern.Replace(text, replacement, 1) : throw new InvalidOperationException($"Nothing matches {pattern}.");

    [GeneratedRegex(@"( +server replica\d:8080[^\n]*\n?)+")]
    private static partial Regex NginxServers();

    [GeneratedRegex(@"listen 8000;")]
    private static partial Regex NginxPort();

    [GeneratedRegex(@"( +server replica\d replica\d:8080\n?)+")]
    private static partial Regex HaproxyServers();

    [GeneratedRegex(@"reverse_proxy replica1:8080[^\n]*\{")]
    private static partial Regex CaddyServers();

    [GeneratedRegex(@"^:8000 \{", RegexOptions.Multiline)]
    private static partial Regex CaddyPort();

    [GeneratedRegex(@"bind :8000")]
    private static partial Regex HaproxyPort();
}
