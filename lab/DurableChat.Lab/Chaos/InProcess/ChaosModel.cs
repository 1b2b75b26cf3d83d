using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using DurableChat.ScaleTest.Mock;
using Microsoft.Extensions.AI;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>
/// What all replicas' models share: how often a request came, and the histories that no provider would take.
/// Thread-safe.
/// </summary>
internal sealed class ChaosModelState(TimeProvider time)
{
    private readonly ConcurrentDictionary<ulong, int> _seen = new();

    public ConcurrentQueue<string> BadHistories { get; } = new();

    /// <summary>What was asked of the model and of tools.</summary>
    public WorkJournal Journal { get; } = new(time);

    /// <summary>How often an equal request came before.</summary>
    public int Count(ulong fingerprint) => _seen.AddOrUpdate(fingerprint, 0, (_, before) => before + 1);
}

/// <summary>
/// A model that answers, calls tools and fails by the seed, the history it is given and how often it was given that
/// before, and looks at each history as a provider would. Thread-safe.
/// </summary>
internal sealed class ChaosModel(
    ulong seed,
    double errors,
    int replica,
    ChaosModelState state,
    TimeProvider time) : IChatClient
{
    /// <summary>How many answers in ten to a user call tools, and how many to results of tools.</summary>
    private const int CallsInTen = 4;
    private const int FurtherCallsInTen = 2;
    private const int LongAnswer = 80;
    private const int ShortAnswer = 12;

    /// <summary>So many that hardly two answers cost the same, nor do two sets of answers.</summary>
    private const int MaxTokens = 1_000_000_000;
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(15);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var input = Describe(messages);
        if (MockHistory.FindFault(input) is { } fault)
        {
            state.BadHistories.Enqueue($"{fault}: {input}");
        }

        var fingerprint = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(input.GetRawText()));
        var entry = state.Journal.Begin(
            WorkKind.Answer, $"{fingerprint:x16}", MockHistory.FindQuestion(input), replica);
        try
        {
            var random = new SplitMix(fingerprint ^ (seed << 32) ^ (uint)state.Count(fingerprint));
            var chunks = 1 + random.Next(random.Next(8) == 0 ? LongAnswer : ShortAnswer);
            int? failsAt = random.NextDouble() < errors ? random.Next(2) * random.Next(chunks) : null;
            var calls = DrawCalls(ref random, input, options?.Tools ?? []);
            var reportsAt = random.Next(chunks);
            var cost = new UsageDetails { InputTokenCount = 1 + random.Next(MaxTokens), OutputTokenCount = chunks };
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                await Task.Delay(_pace, time, cancellationToken);
                entry.Progress();
                if (chunk == failsAt)
                {
                    entry.End(WorkOutcome.Failed);
                    throw new HttpRequestException("The model fails on purpose.");
                }

                if (chunk == reportsAt)
                {
                    // What comes after a yield runs once the server has taken it in and asks for more.
                    entry.Report(cost.InputTokenCount.Value, cost.OutputTokenCount.Value);
                    yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(cost)]);
                    entry.Taken();
                }

                if (calls.Count == 0)
                {
                    yield return new ChatResponseUpdate(
                        ChatRole.Assistant, [new TextContent($"{random.NextBits():x} ")]);
                }
            }

            if (calls.Count > 0)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, calls);
            }

            entry.End(WorkOutcome.Completed);
        }
        finally
        {
            entry.End(WorkOutcome.Cancelled);
        }
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    /// <summary>One or two calls, of one tool or of two; none for most answers.</summary>
    private static List<AIContent> DrawCalls(ref SplitMix random, JsonElement input, IList<AITool> tools)
    {
        var isFirst = input[input.GetArrayLength() - 1].GetProperty("role").GetString() == "user";
        var calls = new List<AIContent>();
        if (random.Next(10) < (isFirst ? CallsInTen : FurtherCallsInTen) && tools.Count > 0)
        {
            for (var left = 1 + random.Next(2); left > 0; left--)
            {
                var arguments = new Dictionary<string, object?> { ["question"] = MockHistory.FindQuestion(input) };
                calls.Add(new FunctionCallContent(
                    $"call_{random.NextBits():x16}", tools[random.Next(tools.Count)].Name, arguments));
            }
        }

        return calls;
    }

    /// <summary>The messages as the chat completions API has them.</summary>
    private static JsonElement Describe(IEnumerable<ChatMessage> messages) =>
        JsonSerializer.SerializeToElement(messages.SelectMany(Describe));

    private static IEnumerable<Dictionary<string, object?>> Describe(ChatMessage message)
    {
        var results = message.Contents.OfType<FunctionResultContent>().ToList();
        if (results.Count > 0)
        {
            return results.Select(result => new Dictionary<string, object?>
            {
                ["role"] = "tool",
                ["tool_call_id"] = result.CallId,
                ["content"] = result.Result?.ToString(),
            });
        }

        var described = new Dictionary<string, object?> { ["role"] = message.Role.Value, ["content"] = message.Text };
        var calls = message.Contents.OfType<FunctionCallContent>()
            .Select(call => new Dictionary<string, object?> { ["id"] = call.CallId })
            .ToList();
        if (calls.Count > 0)
        {
            described["tool_calls"] = calls;
        }

        return [described];
    }
}
