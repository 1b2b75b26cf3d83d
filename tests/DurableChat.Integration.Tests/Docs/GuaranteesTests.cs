using System.Text.RegularExpressions;
using Xunit;

namespace DurableChat.Integration.Tests.Docs;

/// <summary><c>docs/guarantees.md</c> and <c>tests/defences.txt</c> name the same defences.</summary>
public sealed partial class GuaranteesTests
{
    private readonly string _document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guarantees.md"));

    [Fact]
    public void Every_defence_that_was_taken_out_is_named_and_every_name_is_a_defence()
    {
        var defences = File.ReadLines(Path.Combine(Repository.Root, "tests", "defences.txt"))
            .Where(line => !line.StartsWith('#')).Select(line => line.Split('~')[1]).ToHashSet();
        var named = NamesOfGuarantees().Concat(NamesOfTraps()).ToHashSet();
        Assert.True(named.Count > 200, "The names are not found where they stood.");
        Assert.Empty(defences.Except(named));
        Assert.Empty(named.Except(defences));
    }

    [Fact]
    public void Every_guarantee_has_one_row()
    {
        int[] numbers = [.. Guarantee().Matches(_document).Select(match => int.Parse(match.Groups[1].Value, null))];
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct().Order(), numbers);
    }

    /// <summary>The paragraph that has them by guarantee: <c>G1 a name, another name; G2 a name</c>.</summary>
    private IEnumerable<string> NamesOfGuarantees() =>
        Paragraph().Match(_document).Groups[1].Value.ReplaceLineEndings(" ").Split("; ")
            .SelectMany(names => names[names.IndexOf(' ', StringComparison.Ordinal)..].Split(", "))
            .Select(name => name.Trim());

    /// <summary>
    /// The last column of the traps. In italics stands what was taken out without a line, in brackets what happened.
    /// </summary>
    private IEnumerable<string> NamesOfTraps() =>
        Trap().Matches(_document).SelectMany(match => match.Groups[1].Value.Split("; "))
            .Where(name => name is not "–" && !name.StartsWith('*'))
            .Select(name => name.EndsWith(')') ? name[..name.IndexOf(" (", StringComparison.Ordinal)] : name);

    [GeneratedRegex(@"^\| G(\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Guarantee();

    [GeneratedRegex(@"^Taken out with `eng/defences`[^:]*: (.*?)\.\n\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Paragraph();

    [GeneratedRegex(@"^\| (?:T\d+\w*|–) \|.*\| ([^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Trap();
}
