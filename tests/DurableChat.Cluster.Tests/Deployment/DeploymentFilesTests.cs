using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace DurableChat.Cluster.Tests.Deployment;

/// <summary>The files that are shipped for deployment, as they are.</summary>
public sealed partial class DeploymentFilesTests
{
    private static readonly string _root = FindRoot();

    [Fact]
    public async Task Haproxy_starts_while_no_name_of_a_replica_is_known()
    {
        var (code, output) = await RunAsync("haproxy", "-c", "-f", Path.Combine(_root, "deploy", "haproxy.cfg"));
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Systemd_knows_every_setting_of_the_unit()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd is not installed.");
        var folder = Directory.CreateTempSubdirectory("durablechat-");
        try
        {
            // The program is where the unit says only once it is installed.
            var unit = await File.ReadAllTextAsync(Path.Combine(_root, "deploy", "durablechat.service"));
            var path = Path.Combine(folder.FullName, "durablechat.service");
            await File.WriteAllTextAsync(path, unit.Replace("/usr/local/bin/durablechat serve", "/bin/true serve", StringComparison.Ordinal));
            var (code, output) = await RunAsync("/usr/bin/systemd-analyze", "verify", path);

            // It only warns of what it does not know.
            Assert.DoesNotContain("durablechat.service", output, StringComparison.Ordinal);
            Assert.True(code == 0, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_unit_keeps_its_files_to_itself_and_its_memory_within_a_bound()
    {
        var unit = await File.ReadAllLinesAsync(Path.Combine(_root, "deploy", "durablechat.service"));
        Assert.Contains("UMask=0077", unit);
        Assert.Contains("StateDirectoryMode=0700", unit);
        Assert.Contains(unit, line => line.StartsWith("MemoryMax=", StringComparison.Ordinal));
        Assert.Contains("mem_limit:", await File.ReadAllTextAsync(Path.Combine(_root, "deploy", "compose.yaml")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_image_is_built_of_is_there()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(_root, "Containerfile"));
        var sources = lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1])
            .ToList();
        Assert.NotEmpty(sources);
        Assert.DoesNotContain(sources, source => !Path.Exists(Path.Combine(_root, source)));
    }

    [Fact]
    public async Task The_balancer_of_the_compose_file_has_its_replicas_and_each_says_its_own_address()
    {
        var compose = await File.ReadAllTextAsync(Path.Combine(_root, "deploy", "compose.yaml"));
        var replicas = ComposeReplica().Matches(compose).Select(match => (Service: match.Groups[1].Value, Address: match.Groups[2].Value)).ToList();
        var balanced = HaproxyServer().Matches(await File.ReadAllTextAsync(Path.Combine(_root, "deploy", "haproxy.cfg"))).Select(match => match.Groups[1].Value);
        Assert.Equal(balanced, replicas.Select(replica => replica.Service));
        Assert.All(replicas, replica => Assert.Equal($"http://{replica.Service}:9090", replica.Address));
        Assert.Contains("./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg", compose, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DurableChat.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^  (replica\d+):\n    <<: \*replica\n    environment:\n      <<: \*settings\n      Cluster__Address: ""([^""]+)""", RegexOptions.Multiline)]
    private static partial Regex ComposeReplica();

    [GeneratedRegex(@"^    server \S+ ([^:\s]+):8080$", RegexOptions.Multiline)]
    private static partial Regex HaproxyServer();
}
