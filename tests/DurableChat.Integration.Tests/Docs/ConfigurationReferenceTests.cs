using Xunit;

namespace DurableChat.Integration.Tests.Docs;

/// <summary>The reference of all settings.</summary>
public sealed class ConfigurationReferenceTests
{
    /// <summary>Set to 1, the file is written instead of compared.</summary>
    private const string WriteVariable = "DURABLECHAT_WRITE_DOCS";

    [Fact]
    public async Task It_is_what_the_code_says()
    {
        var path = Path.Combine(Repository.Root, "docs", "configuration.md");
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            await File.WriteAllTextAsync(path, ConfigurationReference.Write());
        }

        Assert.True(
            await File.ReadAllTextAsync(path) == ConfigurationReference.Write(),
            $"docs/configuration.md is out of date. Write it anew: {WriteVariable}=1 dotnet run --project tests/DurableChat.Integration.Tests -c Release -- -class {typeof(ConfigurationReferenceTests)}");
    }
}
