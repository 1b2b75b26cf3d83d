using Xunit;

namespace DurableChat.Providers.Tests.Verdicts;

/// <summary>
/// What each provider can do through whole turns, measured against fakes that refuse what providers refuse. The table
/// in docs/models.md is what comes out.
/// </summary>
public sealed class VerdictTests(ITestOutputHelper output)
{
    /// <summary>Set to 1, the table is written instead of compared.</summary>
    private const string WriteVariable = "DURABLECHAT_WRITE_DOCS";

    private const string Begin = "<!-- verdicts: measured by VerdictTests -->\n";
    private const string End = "<!-- end of verdicts -->\n";

    private static readonly Lazy<Task<VerdictTable>> _table = new(VerdictTable.MeasureAsync);

    [Fact]
    public async Task Nothing_that_is_claimed_fails_or_is_lost()
    {
        var table = await _table.Value;
        output.WriteLine(table.Write());
        Assert.DoesNotContain(table.Cells, cell => cell.Value != Measures.Good && !Measures.Honest.Contains(cell.Value));
    }

    [Fact]
    public async Task The_table_in_the_docs_is_what_was_measured()
    {
        var table = (await _table.Value).Write();
        var path = Path.Combine(FindRoot(), "docs", "models.md");
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            text = $"{text[..begin]}\n{table}\n{text[end..]}";
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
            end = text.IndexOf(End, StringComparison.Ordinal);
        }

        Assert.Equal(table.Trim(), text[begin..end].Trim());
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DurableChat.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
