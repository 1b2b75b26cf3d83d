using System.Globalization;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// Runs cases that come from a seed, and prints how many there were. <c>FUZZ_CASES</c> is how many cases all targets have together (left out, a few thousand for each);
/// <c>FUZZ_SEED</c> begins elsewhere. A failure names its seed: <c>FUZZ_ONLY</c> runs that case alone.
/// </summary>
internal static class Fuzz
{
    private const int PerMille = 1_000;

    private static readonly long? _total = Number("FUZZ_CASES");
    private static readonly long _seed = Number("FUZZ_SEED") ?? 20260101;
    private static readonly long? _only = Number("FUZZ_ONLY");

    /// <summary>Runs one target.</summary>
    /// <param name="target">Its name.</param>
    /// <param name="few">How many cases it has when not told otherwise.</param>
    /// <param name="share">How many of a thousand cases it has when told how many there are in all.</param>
    /// <param name="oneCase">One case; a string says what it came to, an exception is a crash.</param>
    public static async Task RunAsync(string target, int few, int share, Func<Mangler, Task<string>> oneCase)
    {
        var outcomes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var cases = _only is null ? (_total * share / PerMille) ?? few : 1;
        for (var i = 0L; i < cases; i++)
        {
            var seed = _only ?? (_seed + i);
            string outcome;
            try
            {
                outcome = await oneCase(new Mangler((int)(seed * 2_654_435_761 % int.MaxValue)));
            }
#pragma warning disable CA1031 // Whatever it is, it must not get this far.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                throw new InvalidOperationException($"{target}: the case of FUZZ_ONLY={seed} crashed.", exception);
            }

            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        Print(target, cases, outcomes);
        Assert.DoesNotContain(outcomes.Keys, outcome => outcome.StartsWith('5'));
    }

    /// <summary>The same for a target that does not wait.</summary>
    public static Task RunAsync(string target, int few, int share, Func<Mangler, string> oneCase) => RunAsync(target, few, share, mangler => Task.FromResult(oneCase(mangler)));

    private static void Print(string target, long cases, SortedDictionary<string, long> outcomes)
    {
        var failures = outcomes.Where(outcome => outcome.Key.StartsWith('5')).Sum(outcome => outcome.Value);
        Console.WriteLine($"fuzz: {target}: {cases} cases, 0 crashes, {failures} 5xx ({string.Join(", ", outcomes.Select(outcome => $"{outcome.Key}: {outcome.Value}"))})");
    }

    private static long? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
