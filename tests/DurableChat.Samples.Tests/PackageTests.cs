using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace DurableChat.Samples.Tests;

/// <summary>What is in the packages.</summary>
public sealed class PackageTests
{
    public static readonly TheoryData<string> Packages =
    [
        "DurableChat", "DurableChat.AspNetCore", "DurableChat.Client", "DurableChat.Mcp", "DurableChat.PostgreSql", "DurableChat.Providers", "DurableChat.Redis", "DurableChat.Sqlite",
    ];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_all_that_its_users_need_and_nothing_of_the_machine_that_made_it(string package)
    {
        var file = Assert.Single(Directory.GetFiles(PackedSamples.Feed, $"{package}.*.nupkg"), path => char.IsDigit(Path.GetFileName(path)[package.Length + 1]));
        using var archive = ZipFile.OpenRead(file);
        Assert.All(
            new[] { "README.md", "icon.png", $"lib/net10.0/{package}.dll", $"lib/net10.0/{package}.xml" },
            name => Assert.True(archive.GetEntry(name) is { Length: > 100 }, name));
        using var nuspec = archive.GetEntry($"{package}.nuspec")!.Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single();
        string? Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
        Assert.Equal(("MIT", "README.md", "icon.png"), (Value("license"), Value("readme"), Value("icon")));
        Assert.NotEqual("Package Description", Value("description"));
        Assert.Null(metadata.Elements().SingleOrDefault(element => element.Name.LocalName == "repository")?.Attribute("url"));
        Assert.Equal(package.EndsWith("AspNetCore", StringComparison.Ordinal), metadata.Descendants().Any(element => element.Name.LocalName == "frameworkReference"));
        Assert.True(Read(archive.GetEntry($"lib/net10.0/{package}.dll")!).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root)) < 0, "The folder of the build stands in the assembly.");
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(file, ".snupkg"));
        Assert.NotNull(symbols.GetEntry($"lib/net10.0/{package}.pdb"));
    }

    [Fact]
    public void Besides_them_and_their_symbols_only_the_tool_is_packed()
    {
        Assert.Equal((2 * Packages.Count) + 1, Directory.GetFiles(PackedSamples.Feed).Length);
        Assert.Single(Directory.GetFiles(PackedSamples.Feed, "DurableChat.Server.*.nupkg"));
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
