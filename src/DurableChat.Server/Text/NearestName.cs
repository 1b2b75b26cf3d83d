namespace DurableChat.Server.Text;

/// <summary>Finds the intended name for a misspelt one.</summary>
internal static class NearestName
{
    /// <summary>
    /// The name with the fewest changes if they are few for its length; otherwise null. Ignores case.
    /// </summary>
    public static string? Find(string given, IEnumerable<string> names) => names
        .Select(name => (Name: name, Distance: Distance(given.ToUpperInvariant(), name.ToUpperInvariant())))
        .Where(candidate => candidate.Distance <= Math.Max(1, candidate.Name.Length / 3))
        .OrderBy(candidate => candidate.Distance)
        .Select(candidate => candidate.Name)
        .FirstOrDefault();

    /// <summary>The number of characters to insert, delete or replace (Levenshtein).</summary>
    private static int Distance(string from, string to)
    {
        var costs = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = costs[0];
            costs[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = costs[j];
                costs[j] = Math.Min(changed, Math.Min(costs[j], costs[j - 1]) + 1);
            }
        }

        return costs[to.Length];
    }
}
