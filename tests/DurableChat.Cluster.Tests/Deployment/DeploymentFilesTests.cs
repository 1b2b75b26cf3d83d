using System.Diagnostics;
using Xunit;

namespace DurableChat.Cluster.Tests.Deployment;

/// <summary>The files that are shipped for deployment, as they are.</summary>
public sealed class DeploymentFilesTests
{
    private static readonly string _root = FindRoot();

    [Fact]
    public async Task Haproxy_starts_while_no_name_of_a_replica_is_known()
    {
        var (code, output) = await RunAsync("haproxy", "-c", "-f", Path.Combine(_root, "deploy", "haproxy.cfg"));
        Assert.True(code == 0, output);
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
}
