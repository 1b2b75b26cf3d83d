namespace DurableChat.Bench.Reporting;

/// <summary>
/// Puts what was found into <c>docs/performance.md</c>, between <c>&lt;!-- bench:NAME --&gt;</c> and <c>&lt;!--
/// /bench:NAME --&gt;</c>; the rest of the page stays as it is.
/// </summary>
internal static class PerformanceDoc
{
    private static readonly string _path = Path.Combine("docs", "performance.md");

    /// <summary>Replaces what stands between the markers.</summary>
    /// <exception cref="InvalidDataException">The page has no such markers.</exception>
    public static void Write(string name, IEnumerable<string> lines)
    {
        var (begin, end) = ($"<!-- bench:{name} -->", $"<!-- /bench:{name} -->");
        var page = File.ReadAllText(_path);
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"{_path} has no place for '{name}': {begin} and {end} are missing.");
        }

        File.WriteAllText(_path, $"{page[..(from + begin.Length)]}\n{string.Join('\n', lines).Trim()}\n{page[to..]}");
    }
}
