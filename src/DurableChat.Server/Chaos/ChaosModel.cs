using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using DurableChat.ScaleTest.Mock;
using Microsoft.Extensions.AI;

namespace DurableChat.Server.Chaos;

/// <summary>What all replicas' models share: how often a request came, and the histories that no provider would take. Thread-safe.</summary>
internal sealed class ChaosModelState
{
    private readonly ConcurrentDictionary<ulong, int> _seen = new();

    public ConcurrentQueue<string> BadHistories { get; } = new();

    /// <summary>How often an equal request came before.</summary>
    public int Count(ulong fingerprint) => _seen.AddOrUpdate(fingerprint, 0, (_, before) => before + 1);
}

/// <summary>
/// A model that answers, calls tools and fails by the seed, the history it is given and how often it was given that before, and looks at each history as a provider would. Thread-safe.
/// </summary>
internal sealed class ChaosModel(ulong seed, double errors, ChaosModelState state, TimeProvider time) : IChatClient
{
    private const double ToolRate = 0.2;
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(15);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var input = Describe(messages);
        if (MockHistory.FindFault(input) is { } fault)
        {
            state.BadHistories.Enqueue($"{fault}: {input}");
        }

        var fingerprint = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(input.GetRawText()));
        var random = new SplitMix(fingerprint ^ (seed << 32) ^ (uint)state.Count(fingerprint));
        var chunks = 1 + random.Next(12);
        int? failsAt = random.NextDouble() < errors ? random.Next(2) * random.Next(chunks) : null;
        var tools = options?.Tools ?? [];
        var callsTool = tools.Count > 0 && random.NextDouble() < ToolRate && input[input.GetArrayLength() - 1].GetProperty("role").GetString() == "user";
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            await Task.Delay(_pace, time, cancellationToken);
            if (chunk == failsAt)
            {
                throw new HttpRequestException("The model fails on purpose.");
            }

            if (!callsTool)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextContent($"{random.NextBits():x} ")]);
            }
        }

        if (callsTool)
        {
            var calls = Enumerable.Range(0, 1 + random.Next(2)).Select(_ => (AIContent)new FunctionCallContent($"call_{random.NextBits():x16}", tools[random.Next(tools.Count)].Name, new Dictionary<string, object?>())).ToList();
            yield return new ChatResponseUpdate(ChatRole.Assistant, calls);
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    /// <summary>The messages as the chat completions API has them.</summary>
    private static JsonElement Describe(IEnumerable<ChatMessage> messages) => JsonSerializer.SerializeToElement(messages.SelectMany(Describe));

    private static IEnumerable<Dictionary<string, object?>> Describe(ChatMessage message)
    {
        var results = message.Contents.OfType<FunctionResultContent>().ToList();
        if (results.Count > 0)
        {
            return results.Select(result => new Dictionary<string, object?> { ["role"] = "tool", ["tool_call_id"] = result.CallId, ["content"] = result.Result?.ToString() });
        }

        var described = new Dictionary<string, object?> { ["role"] = message.Role.Value, ["content"] = message.Text };
        var calls = message.Contents.OfType<FunctionCallContent>().Select(call => new Dictionary<string, object?> { ["id"] = call.CallId }).ToList();
        if (calls.Count > 0)
        {
            described["tool_calls"] = calls;
        }

        return [described];
    }
}
