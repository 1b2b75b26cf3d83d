using System.Globalization;
using DurableChat.Chats;

namespace DurableChat.Providers.Tests.Verdicts;

/// <summary>
/// The columns of the table: each tries a provider through whole turns, and gives a word for what came of it.
/// </summary>
internal static class Measures
{
    public const string Good = "OK";

    /// <summary>
    /// Nothing to measure: the provider has none of it, or gives it to itself only, or the server cannot send it yet.
    /// </summary>
    public static readonly IReadOnlyList<string> Honest = ["–", "kept, not shown", "not yet"];

    private static readonly TimeSpan _asked = TimeSpan.FromSeconds(7);

    /// <summary>The columns of the first table.</summary>
    public static IReadOnlyList<(string Name, Func<TestedProvider, Task<string>> Measure)> Answers { get; } =
    [
        ("plain", PlainAsync),
        ("reasoning", ReasoningAsync),
        ("tools, 1 step", provider => ToolsAsync(provider, "text call|text", runs: 1)),
        ("reasoning + tools, 2 steps", TwoStepsAsync),
        ("parallel tools", provider => ToolsAsync(provider, "think call call|think text", runs: 2)),
    ];

    /// <summary>The columns of the second table.</summary>
    public static IReadOnlyList<(string Name, Func<TestedProvider, Task<string>> Measure)> Troubles { get; } =
    [
        ("image in", _ => Task.FromResult("not yet")),
        ("usage", UsageAsync),
        ("silence", SilenceAsync),
        ("cut mid-stream", CutAsync),
        ("429 + Retry-After", LimitAsync),
        ("context overflow", OverflowAsync),
    ];

    private static async Task<string> PlainAsync(TestedProvider provider)
    {
        var trial = new Trial(provider);
        await trial.SayAsync(["text"]);
        await trial.SayAsync(["text"]);
        return Ended(trial, requests: 2) ?? Good;
    }

    private static async Task<string> ReasoningAsync(TestedProvider provider)
    {
        var trial = new Trial(provider);
        await trial.SayAsync(["think text"]);
        await trial.SayAsync(["think text"]);
        return Ended(trial, requests: 2)
            ?? (provider.Thought == Thought.None ? "–"
            : provider.Thought == Thought.Hidden ? "kept, not shown"
            : trial.Answers.All(answer => answer.Parts.OfType<ReasoningPart>().Any(part => part.Text.Length > 0)) ? Good : "LOST");
    }

    private static async Task<string> TwoStepsAsync(TestedProvider provider)
    {
        var trial = new Trial(provider);
        await trial.SayAsync(["think call", "think call", "think text"]);
        var isGivenBack = trial.Side.LastRequest.Contains(trial.Side.Mark, StringComparison.Ordinal);
        await trial.SayAsync(["think text"]);
        return Ended(trial, requests: 4)
            ?? (trial.ToolRuns != 2 ? $"FAILS: tools ran {trial.ToolRuns} times"
            : !isGivenBack && provider.Thought != Thought.None ? "LOST" : Good);
    }

    private static async Task<string> ToolsAsync(TestedProvider provider, string answers, int runs)
    {
        var trial = new Trial(provider);
        await trial.SayAsync(answers.Split('|'));
        await trial.SayAsync(["text"]);
        return Ended(trial, requests: 3) ?? (trial.ToolRuns == runs ? Good : $"FAILS: tools ran {trial.ToolRuns} times");
    }

    private static async Task<string> UsageAsync(TestedProvider provider)
    {
        var trial = new Trial(provider);
        await trial.SayAsync(["think call", "think text"]);
        var expected = provider.Usage;
        return Ended(trial, requests: 2)
            ?? (trial.Answers.FirstOrDefault(answer => answer.Usage != expected) is { } answer ? $"FAILS: {answer.Usage}"
            : trial.Chat.Usage != TokenUsage.Add(expected, expected) ? $"FAILS: {trial.Chat.Usage} in sum" : Good);
    }

    /// <summary>Ten minutes with keep-alives are one request; without any byte there are at most two.</summary>
    private static async Task<string> SilenceAsync(TestedProvider provider)
    {
        var thinks = new Trial(provider);
        thinks.Network.Carry = async (_, answer) =>
            Trouble.Events(new SlowStream(thinks.Time, provider.Alive, TimeSpan.FromMinutes(10), await answer()));
        await thinks.SayAsync(["think text"], step: TimeSpan.FromSeconds(15));
        var dead = new Trial(provider);
        dead.Network.Carry = (_, _) => Task.FromResult<HttpResponseMessage?>(Trouble.Events(new SlowStream(dead.Time, null, default, "")));
        await dead.SayAsync([], step: TimeSpan.FromSeconds(15));
        return Ended(thinks, requests: 1) ?? Failed(dead, "model_timeout", mostRequests: 2) ?? Good;
    }

    /// <summary>
    /// Half an answer, whether the connection breaks or ends well, is made again and not shown beside the whole one.
    /// </summary>
    private static async Task<string> CutAsync(TestedProvider provider)
    {
        foreach (var breaks in (bool[])[false, true])
        {
            var trial = new Trial(provider);
            trial.Network.Carry = async (number, answer) =>
                number > 1 ? null : Trouble.Events(new SlowStream(trial.Time, "", TimeSpan.Zero, Half(await answer()), breaks));
            await trial.SayAsync(["think text", "think text"]);
            if ((Ended(trial, requests: 2) ?? (trial.Answers.Count() == 1 ? null : "FAILS: two answers")) is { } verdict)
            {
                return verdict;
            }
        }

        return Good;

        // Up to the event before the middle, and half of that one.
        static string Half(string text) => text[..(text.Length / 2)];
    }

    /// <summary>The next request comes when the provider said it may, in whatever form it said so.</summary>
    private static async Task<string> LimitAsync(TestedProvider provider)
    {
        foreach (var form in (string[])["seconds", "fraction", "milliseconds", "date"])
        {
            var trial = new Trial(provider);
            trial.Network.Carry = (number, _) => Task.FromResult(number > 1 ? null : Trouble.Error(429, """{"error":{"message":"Slow down."}}""", form switch
            {
                "seconds" => ("Retry-After", "7"),
                "fraction" => ("Retry-After", "7.0"),
                "milliseconds" => ("retry-after-ms", "7000"),
                _ => ("Retry-After", (trial.Time.GetUtcNow() + _asked).ToString("r", CultureInfo.InvariantCulture)),
            }));
            await trial.SayAsync(["text"], step: TimeSpan.FromMilliseconds(500));
            if (Ended(trial, requests: 2) is { } verdict)
            {
                return verdict;
            }

            if (trial.Network.Times[1] - trial.Network.Times[0] is var wait && (wait < _asked - TimeSpan.FromSeconds(1) || wait > _asked * 4))
            {
                return $"FAILS: waits {wait.TotalSeconds} s after {form}";
            }
        }

        return Good;
    }

    /// <summary>The owner is told what is wrong, and nothing is paid for twice.</summary>
    private static async Task<string> OverflowAsync(TestedProvider provider)
    {
        foreach (var (status, body) in provider.Overflow)
        {
            var trial = new Trial(provider);
            trial.Network.Carry = (_, _) => Task.FromResult<HttpResponseMessage?>(status == 200 ? Trouble.Events(body) : Trouble.Error(status, body));
            await trial.SayAsync([]);
            if (Failed(trial, "model_context_overflow", mostRequests: 1) is { } verdict)
            {
                return $"{verdict} after {status}";
            }
        }

        return Good;
    }

    /// <summary>
    /// Null if the turns ended well, each answer with text or a call, and nothing was asked for twice.
    /// </summary>
    private static string? Ended(Trial trial, int requests) =>
        trial.Chat.Error is { } error ? $"FAILS: {error.Code}"
        : trial.Network.Times.Count != requests ? $"FAILS: {trial.Network.Times.Count} requests"
        : trial.Answers.All(answer => answer.Parts.Any(part => part is TextPart { Text.Length: > 0 } or ToolCallPart)) ? null : "FAILS: an empty answer";

    private static string? Failed(Trial trial, string code, int mostRequests) =>
        trial.Chat.Error?.Code != code ? $"FAILS: {trial.Chat.Error?.Code ?? "no error"}"
        : trial.Network.Times.Count > mostRequests ? $"FAILS: {trial.Network.Times.Count} requests" : null;
}
