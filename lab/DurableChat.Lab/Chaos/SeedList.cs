using System.Globalization;

namespace DurableChat.Lab.Chaos;

/// <summary>Seeds as they are written on a command line: <c>7</c>, <c>1-24</c>, <c>1-10,40,50-60</c>.</summary>
internal static class SeedList
{
    private const int Most = 1_000_000;

    /// <summary>Reads them; null if the text is no such list, or names more than a million.</summary>
    public static IReadOnlyList<int>? Read(string text)
    {
        var seeds = new List<int>();
        foreach (var range in text.Split(','))
        {
            var ends = range.Split('-');
            if (ends.Length > 2
                || Number(ends[0]) is not { } first
                || Number(ends[^1]) is not { } last
                || last < first
                || last - first >= Most - seeds.Count)
            {
                return null;
            }

            seeds.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return seeds;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
