using System.Text.RegularExpressions;
using Xunit;

namespace DurableChat.Samples.Tests;

/// <summary>Code in the documents is code that is compiled: each C# block stands, line for line, in a sample.</summary>
public sealed partial class DocumentTests
{
    [Theory]
    [InlineData("docs/library.md")]
    [InlineData("docs/client.md")]
    public void Every_block_of_code_stands_in_a_sample(string document)
    {
        var sources = Directory.EnumerateFiles(Repository.Path("samples"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => Normalize(File.ReadAllText(file))).ToList();
        var blocks = Block().Matches(File.ReadAllText(Repository.Path(document))).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.True(sources.Exists(source => source.Contains(Normalize(block), StringComparison.Ordinal)), $"In no sample:\n{block}"));
    }

    private static string Normalize(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)) + "\n";

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
