using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Providers.Tests.Cases;

public sealed class ProviderCaseTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly AIFunctionDeclaration[] _tools =
        [AIFunctionFactory.CreateDeclaration("current_time", null, JsonElement.Parse("""{"type":"object"}"""))];

    public static TheoryData<string> Files => [.. ProviderCase.All.Select(each => each.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task An_answer_is_read_as_expected_and_goes_back_as_it_came(string file)
    {
        var given = ProviderCase.All.Single(each => each.File == file);
        var script = new Script(() => given.Response(_now));
        var model = Create(given, script);
        var outcome = await Outcome.ReadAsync(model, new ModelRequest { Prompt = [new UserItem([new TextPart("What is the largest animal?")])], Tools = _tools });
        if (Text(given.Expect, "error") is { } code)
        {
            CheckFailure(given.Expect, code, outcome);
            return;
        }

        if (given.Expect.TryGetProperty("then", out _))
        {
            Assert.True(outcome.Failure is { IsReplayRefused: true });
            return;
        }

        if (outcome.Failure is not null && Text(given.Expect, "or") is { } other)
        {
            Assert.Equal(other, outcome.Failure.Error.Code);
            return;
        }

        Assert.Null(outcome.Failure);
        CheckAnswer(given.Expect, outcome);
        if (given.Expect.TryGetProperty("next", out var next))
        {
            await Outcome.ReadAsync(model, new ModelRequest { Prompt = After(outcome), Tools = _tools });
            CheckNext(given, next, script.Bodies[^1]);
        }
    }

    private static IModelClient Create(ProviderCase given, Script script) => ProviderModels.Create(
        new ProviderOptions
        {
            Wire = given.ProviderWire,
            Model = "m-1",
            Key = "k",
            Endpoint = new Uri("http://provider.test/v1"),

            // The case speaks of the servers that say so.
            Flavour = given.File.Contains("reasoning_content", StringComparison.Ordinal) ? ChatFlavour.DeepSeek
                : given.File.Contains("reasoning_details", StringComparison.Ordinal) ? ChatFlavour.OpenRouter
                : given.File.Contains("signed", StringComparison.Ordinal) ? ChatFlavour.Gemini
                : ChatFlavour.Auto,
        },
        script,
        new FakeTimeProvider(_now));

    private static List<PromptItem> After(Outcome outcome)
    {
        List<PromptItem> prompt = [new UserItem([new TextPart("What is the largest animal?")]), new AssistantItem(outcome.ToMessage())];
        prompt.Add(outcome.Calls.Count > 0
            ? new ToolResultsItem([.. outcome.Calls.Select(call => new ToolResultPart(call.CallId, "12:00"))])
            : new UserItem([new TextPart("And the smallest?")]));
        return prompt;
    }

    private static void CheckFailure(JsonElement expect, string code, Outcome outcome)
    {
        Assert.NotNull(outcome.Failure);
        Assert.Equal(code, outcome.Failure.Error.Code);
        if (expect.TryGetProperty("retry", out var retry))
        {
            Assert.Equal(retry.GetBoolean(), outcome.Failure.Error.Retryable);
        }

        if (expect.TryGetProperty("wait", out var wait))
        {
            Assert.Equal(wait.GetDouble(), outcome.Failure.RetryAfter!.Value.TotalSeconds, 3);
        }

        if (Text(expect, "partial") is { } partial)
        {
            Assert.Equal(partial, string.Concat(outcome.Parts.OfType<TextPart>().Select(part => part.Text)));
        }
    }

    private static void CheckAnswer(JsonElement expect, Outcome outcome)
    {
        if (expect.TryGetProperty("parts", out var parts))
        {
            Assert.Equal(
                parts.EnumerateArray().Select(part => part.GetString()),
                outcome.Parts.Where(part => part is not (ToolCallPart or SourcePart)).Select(Outcome.Describe));
        }

        if (expect.TryGetProperty("calls", out var calls))
        {
            var expected = calls.EnumerateArray().Select(call => call.GetString()!).ToArray();
            Assert.Equal(expected.Length, outcome.Calls.Count);
            foreach (var (call, wanted) in outcome.Calls.Zip(expected))
            {
                Assert.Equal(wanted, wanted.StartsWith("(made) ", StringComparison.Ordinal) ? $"(made) {call.Arguments}" : $"{call.CallId} {call.Arguments}");
            }

            Assert.Equal(outcome.Calls.Count, outcome.Calls.DistinctBy(call => call.CallId).Count());
        }

        if (expect.TryGetProperty("citations", out var citations))
        {
            Assert.Equal(citations.EnumerateArray().Select(url => url.GetString()), outcome.Parts.OfType<SourcePart>().Select(source => source.Url));
        }

        if (expect.TryGetProperty("usage", out var usage))
        {
            Assert.Equal((Number(usage, "input"), Number(usage, "output")), (outcome.Usage?.InputTokens, outcome.Usage?.OutputTokens));
            Assert.Equal((Number(usage, "cached"), Number(usage, "reasoning")), (outcome.Usage?.CacheReadTokens, outcome.Usage?.ReasoningTokens));
        }

        // A paused turn continues within the request, until the rounds are used up.
        if (Text(expect, "finish") is { } finish && finish != "pause")
        {
            Assert.Equal(finish.Replace("_", "", StringComparison.Ordinal), outcome.End!.Reason.ToString(), ignoreCase: true);
        }
    }

    /// <summary>A fragment of the request, or the exact items of the answer.</summary>
    private static void CheckNext(ProviderCase given, JsonElement next, string body)
    {
        if (next.ValueKind == JsonValueKind.String)
        {
            Assert.Contains(next.GetString()!, body, StringComparison.Ordinal);
            return;
        }

        var request = JsonNode.Parse(body)!;
        var sent = given.ProviderWire == ProviderWire.Responses
            ? request["input"]!.AsArray()
            : request["messages"]!.AsArray().First(message => (string?)message!["role"] == "assistant")!["content"]!.AsArray();
        var items = sent.Select(item => Bare(item!)).ToList();
        var expected = next.EnumerateArray().Select(item => Bare(JsonNode.Parse(item.GetRawText())!)).ToList();
        var start = items.IndexOf(expected[0]);
        Assert.True(start >= 0, $"{expected[0]} is not among {string.Join("\n", items)}");
        Assert.Equal(expected, items.Skip(start).Take(expected.Count));
    }

    /// <summary>Without marks for the provider's cache, which change no content.</summary>
    private static string Bare(JsonNode node)
    {
        (node as JsonObject)?.Remove("cache_control");
        return node.ToJsonString();
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : null;
}
