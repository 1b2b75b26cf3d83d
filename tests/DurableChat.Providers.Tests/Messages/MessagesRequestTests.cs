using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Talks;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Providers.Tests.Messages;

public sealed class MessagesRequestTests
{
    private const string Stopped = """{"type":"message_stop"}""";
    private const string Mark = "\"cache_control\":{\"type\":\"ephemeral\"}";
    private static readonly JsonElement _schema = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement.Clone();
    private static readonly AIFunctionDeclaration _tool = AIFunctionFactory.CreateDeclaration("t", "Does it.", _schema);

    public static TheoryData<string, GenerationSettings, string, string?> Settings => new()
    {
        { "nothing", new(), "thinking", null },
        { "no effort", new(), "output_config", null },
        { "effort", new() { ReasoningEffort = "high" }, "thinking", """{"type":"adaptive","display":"summarized"}""" },
        { "effort in its place", new() { ReasoningEffort = "high" }, "output_config", """{"effort":"high"}""" },
        { "not shown", new() { ReasoningEffort = "high", ReasoningDisplay = "omitted" }, "thinking", """{"type":"adaptive","display":"omitted"}""" },
        { "shown", new() { ReasoningDisplay = "summary" }, "thinking", """{"type":"adaptive","display":"summarized"}""" },
        { "none", new() { ReasoningEffort = "none" }, "thinking", """{"type":"disabled"}""" },
        { "none is no effort", new() { ReasoningEffort = "none" }, "output_config", null },
        { "budget", new() { ReasoningBudget = 2000 }, "thinking", """{"type":"enabled","budget_tokens":2000}""" },
        { "large budget", new() { ReasoningBudget = 50_000 }, "max_tokens", "58192" },
        { "budget within the limit", new() { ReasoningBudget = 5000, MaxOutputTokens = 3000 }, "thinking", """{"type":"enabled","budget_tokens":2999}""" },
        { "budget below the wire's least", new() { ReasoningBudget = 500 }, "thinking", """{"type":"enabled","budget_tokens":1024}""" },
        { "no room for a budget", new() { ReasoningBudget = 5000, MaxOutputTokens = 1000 }, "thinking", """{"type":"disabled"}""" },
        { "no budget", new() { ReasoningBudget = 0 }, "thinking", """{"type":"disabled"}""" },
        { "none with a budget", new() { ReasoningEffort = "none", ReasoningBudget = 50_000 }, "thinking", """{"type":"disabled"}""" },
        { "none needs no room for thought", new() { ReasoningEffort = "none", ReasoningBudget = 50_000 }, "max_tokens", "32000" },
        { "default tokens", new(), "max_tokens", "32000" },
        { "tokens", new() { MaxOutputTokens = 50 }, "max_tokens", "50" },
        { "temperature", new() { Temperature = 0.2 }, "temperature", "0.2" },
        { "top p", new() { TopP = 0.5 }, "top_p", "0.5" },
        { "top k", new() { TopK = 5 }, "top_k", "5" },
        { "seed", new() { Seed = 5 }, "seed", null },
        { "stop", new() { Stop = ["x"] }, "stop_sequences", """["x"]""" },
        { "tier", new() { ServiceTier = "standard_only" }, "service_tier", "\"standard_only\"" },
        { "one call", new() { ParallelToolCalls = false }, "tool_choice", """{"type":"auto","disable_parallel_tool_use":true}""" },
        { "required", new() { ToolChoice = "required" }, "tool_choice", """{"type":"any"}""" },
        { "one tool", new() { ToolChoice = "t" }, "tool_choice", """{"type":"tool","name":"t"}""" },
        { "none of them", new() { ToolChoice = "none", ParallelToolCalls = true }, "tool_choice", """{"type":"none"}""" },
        { "no tools", new() { Tools = false }, "tools", null },
        { "tools", new() { Cache = false }, "tools", """[{"name":"t","description":"Does it.","input_schema":{"type":"object","properties":{}}}]""" },
        { "schema", new() { ResponseFormat = Json("""{"type":"json_schema","name":"x","schema":{"type":"object"}}""") }, "output_config", """{"format":{"type":"json_schema","schema":{"type":"object"}}}""" },
        { "json", new() { ResponseFormat = Json("""{"type":"json_object"}""") }, "output_config", null },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_setting_is_sent_as_the_wire_says_it(string what, GenerationSettings settings, string field, string? expected)
    {
        using var exchange = new Exchange(ProviderWire.Messages, Stopped);
        var body = await exchange.SendAsync(new ModelRequest
        {
            Prompt = [new UserItem([new TextPart("Hello")])],
            Tools = [_tool],
            Settings = settings,
        });
        Assert.Equal(expected, body[field]?.ToJsonString());
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData(false, 0)]
    public async Task The_ends_of_system_tools_and_messages_are_marked_for_the_cache(bool? cache, int marks)
    {
        using var exchange = new Exchange(ProviderWire.Messages, Stopped);
        var body = await exchange.SendAsync(new ModelRequest
        {
            Prompt = [new SystemItem("A"), new SystemItem("B"), new UserItem([new TextPart("C"), new TextPart("D")])],
            Tools = [_tool, AIFunctionFactory.CreateDeclaration("u", null, _schema)],
            Settings = new GenerationSettings { Cache = cache },
        });
        Assert.Equal(marks, body.ToJsonString().Split(Mark).Length - 1);
        Assert.Equal(marks > 0, body["system"]![1]!.ToJsonString().Contains(Mark, StringComparison.Ordinal));
        Assert.Equal(marks > 0, body["tools"]![1]!.ToJsonString().Contains(Mark, StringComparison.Ordinal));
        Assert.Equal(marks > 0, body["messages"]![0]!["content"]![1]!.ToJsonString().Contains(Mark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Users_results_and_instructions_share_a_message()
    {
        using var exchange = new Exchange(ProviderWire.Messages, Stopped);
        var answer = new Message
        {
            Id = 2,
            PreviousId = 1,
            Role = MessageRole.Assistant,
            Parts = [new ToolCallPart("a", "t", "{}"), new ToolCallPart("b", "t", "[]")],
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        var body = await exchange.SendAsync(new ModelRequest
        {
            Prompt =
            [
                new UserItem([new TextPart("Hello"), new FilePart("application/pdf", "AA")]),
                new AssistantItem(answer),
                new ToolResultsItem([new ToolResultPart("a", "1"), new ToolResultPart("b", "", IsError: true)]),
                new UserItem([new TextPart("Again")]),
                new InstructionItem("In German."),
            ],
            Settings = new GenerationSettings { Cache = false },
        });
        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"Hello"},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA"}}]},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{}},{"type":"tool_use","id":"b","name":"t","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"tool_result","tool_use_id":"b","content":"The tool failed.","is_error":true},{"type":"text","text":"Again"},{"type":"text","text":"\u003Csystem-reminder\u003E\nIn German.\n\u003C/system-reminder\u003E"}]}]""",
            body["messages"]!.ToJsonString());
    }

    [Fact]
    public async Task A_turn_that_began_without_thought_goes_on_without_it()
    {
        using var provider = new StrictMessages();
        var talk = new Talk(provider, new ProviderOptions { Wire = ProviderWire.Messages, Model = "m", Key = "k" })
        {
            Settings = new GenerationSettings { ReasoningBudget = 2000 },
        };
        await talk.SayAsync("One?", "think call", "call", "text");
        Assert.All(provider.Requests, request => Assert.NotNull(request["thinking"]));
        await talk.SayAsync("Two?", "call", "text");
        Assert.Null(provider.Requests[^1]["thinking"]);
    }

    [Fact]
    public async Task A_history_with_calls_names_their_tools_also_when_no_tool_is_offered()
    {
        using var provider = new StrictMessages();
        var talk = new Talk(provider, new ProviderOptions { Wire = ProviderWire.Messages, Model = "m", Key = "k" });
        await talk.SayAsync("One?", "call", "text");
        talk.Settings = new GenerationSettings { Tools = false };
        await talk.SayAsync("Two?", "text");
        var request = provider.Requests[^1];
        Assert.Equal("current_time", (string?)request["tools"]!.AsArray().Single()!["name"]);
        Assert.Equal("""{"type":"none"}""", request["tool_choice"]!.ToJsonString());
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement.Clone();
}
