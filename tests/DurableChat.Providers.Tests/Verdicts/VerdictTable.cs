using System.Text;

namespace DurableChat.Providers.Tests.Verdicts;

/// <summary>What was measured of all providers, as it stands in docs/models.md.</summary>
/// <param name="Cells">The verdicts, by provider and column.</param>
internal sealed record VerdictTable(IReadOnlyDictionary<(string Provider, string Column), string> Cells)
{
    /// <summary>Measures all.</summary>
    public static async Task<VerdictTable> MeasureAsync()
    {
        var cells = new Dictionary<(string, string), string>();

        // One after the other: each waits for threads that others would keep busy.
        foreach (var provider in TestedProvider.All)
        {
            foreach (var (name, measure) in Measures.Answers.Concat(Measures.Troubles))
            {
                cells[(provider.Name, name)] = await TryAsync(() => measure(provider));
            }
        }

        return new VerdictTable(cells);
    }

    /// <summary>Both tables.</summary>
    public string Write() => Write(Measures.Answers.Select(column => column.Name)) + "\n" + Write(Measures.Troubles.Select(column => column.Name));

    private static async Task<string> TryAsync(Func<Task<string>> measure)
    {
        try
        {
            return await measure();
        }
#pragma warning disable CA1031 // Whatever goes wrong is a verdict.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return $"FAILS: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}";
        }
    }

    private string Write(IEnumerable<string> columns)
    {
        var names = columns.ToArray();
        var text = new StringBuilder($"| provider | {string.Join(" | ", names)} |\n| --- |{string.Concat(names.Select(_ => " --- |"))}\n");
        foreach (var provider in TestedProvider.All)
        {
            text.Append($"| {provider.Name} | {string.Join(" | ", names.Select(name => Cells[(provider.Name, name)]))} |\n");
        }

        return text.ToString();
    }
}
