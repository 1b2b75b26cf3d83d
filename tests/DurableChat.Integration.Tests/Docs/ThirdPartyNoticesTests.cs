using Xunit;

namespace DurableChat.Integration.Tests.Docs;

/// <summary>The notices of other people's packages.</summary>
public sealed class ThirdPartyNoticesTests
{
    /// <summary>Set to 1, the file is written instead of compared.</summary>
    private const string WriteVariable = "DURABLECHAT_WRITE_DOCS";

    private const string FileName = "THIRD-PARTY-NOTICES.txt";

    private static readonly string _hint =
        $"{FileName} is out of date. Write it again: {WriteVariable}=1 dotnet run --project tests/DurableChat.Integration.Tests -c Release -- -class {typeof(ThirdPartyNoticesTests)}";

    [Fact]
    public async Task They_are_those_of_the_packages_that_ship()
    {
        var root = Repository.Root;
        var path = Path.Combine(root, FileName);
        var written = ThirdPartyNotices.Write(root);
        Assert.SkipWhen(written is null, "The packages of the page are not installed.");
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            await File.WriteAllTextAsync(path, written);
        }

        Assert.True(await File.ReadAllTextAsync(path) == written, _hint);
    }

    [Fact]
    public async Task Every_package_that_ships_is_named_with_its_version()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, FileName));
        string[] names = [.. ThirdPartyNotices.Names(Repository.Root)];
        Assert.True(names.Length > 40);
        Assert.True(!names.Except(lines).Any(), _hint);
    }

    [Fact]
    public void They_lie_beside_the_program() =>
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, FileName)), "The server's build does not copy them.");
}
