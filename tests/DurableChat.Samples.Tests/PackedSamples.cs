using DurableChat.Samples.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(PackedSamples))]

namespace DurableChat.Samples.Tests;

/// <summary>The packages, made of what is built, and the samples, built of the packages: once for all tests.</summary>
public sealed class PackedSamples : IAsyncLifetime
{
    internal static string Feed => Repository.Path("artifacts", "packages");

    public async ValueTask InitializeAsync()
    {
        await Programs.RunAsync(Repository.Path("eng/pack"), "--no-build");
        await Programs.RunAsync("dotnet", "build", Repository.Path("samples", "Samples.slnx"), "-c", "Release", "-v", "quiet", "--nologo");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static string Program(string sample) => Repository.Path("samples", sample, "bin", "Release", "net10.0", $"{sample}.dll");
}
