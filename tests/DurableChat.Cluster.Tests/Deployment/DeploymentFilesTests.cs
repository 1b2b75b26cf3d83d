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

    [Theory]
    [InlineData("durablechat.service", "compose.yaml")]
    [InlineData("durablechat-recorder.service", "compose.recorder.yaml")]
    public async Task The_unit_keeps_its_files_to_itself_and_its_memory_within_a_bound(string name, string compose)
    {
        var unit = await File.ReadAllLinesAsync(Path.Combine(_root, "deploy", name));
        Assert.Contains("UMask=0077", unit);
        Assert.Contains("StateDirectoryMode=0700", unit);
        Assert.Contains(unit, line => line.StartsWith("MemoryMax=", StringComparison.Ordinal));
        Assert.Contains("mem_limit:", await File.ReadAllTextAsync(Path.Combine(_root, "deploy", compose)),
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

    [Theory]
    [InlineData("FROM docker.io/library/node:22-slim@sha256:{0} AS page\nFROM page\n", 0)]
    [InlineData("FROM --platform=linux/amd64 docker.io/library/node:22-slim AS page\n", 1)]
    [InlineData("    image: docker.io/library/postgres:17\n", 1)]
    [InlineData("    image: \"docker.io/library/postgres:17@sha256:{0}\"\n    image: durablechat\n", 0)]
    [InlineData("    image: docker.io/library/postgres:17@sha256:abc\n", 1)]
    public async Task An_image_without_its_digest_is_found(string file, int code)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, file.Replace("{0}", new string('a', 64), StringComparison.Ordinal));
            Assert.Equal(code, (await RunAsync(Path.Combine(_root, "deploy", "check"), "--pinned", path)).Code);
        }
        finally
        {
            File.Delete(path);
        }
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
