using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Cases;
using DurableChat.Providers.Tests.Talks;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Providers.Tests.Messages;

public sealed class MessagesAnswerTests
{
    private const string Text = """{"type":"text","text":"Blue."}""";
    private const string Thought = """{"type":"thinking","thinking":"Hm.","signature":"s"}""";
    private const string Call = """{"type":"tool_use","id":"c","name":"t","input":{"a": 1}}""";
    private const string Search = """{"type":"server_tool_use","id":"w","name":"web_search","input":{"query":"whale"}}""";
    private const string Found = """{"type":"web_search_tool_result","tool_use_id":"w","content":[]}""";

    public static TheoryData<string, string, string[]> Answers => new()
    {
        { "no stop of a block", "text:Blue.|call:c t {\"a\": 1} -> ToolCalls 2", [Start(0, Text), Start(1, Call), End("tool_use")] },
        { "all at place 0", "reasoning:Hm.|text:Blue. -> Stop 2", [Start(0, Thought), Stop(0), Start(0, Text), Stop(0), End("end_turn")] },
        { "no places", "text:Blue. -> Stop 1", ["""{"type":"content_block_start","content_block":{"type":"text","text":""}}""", """{"type":"content_block_delta","delta":{"type":"text_delta","text":"Blue."}}""", End("end_turn")] },
        { "a piece without a start", "text:Blue. -> Stop 1", [Delta(0, """{"type":"text_delta","text":"Blue."}"""), End("end_turn")] },
        { "the last event without the reason", "text:Blue. -> Stop 1", [Start(0, Text), """{"type":"message_stop"}"""] },
        { "neither", "text:Blue. -> model_bad_response", [Start(0, Text), Stop(0)] },
        { "an unknown reason", "text:Blue. -> Stop 1", [Start(0, Text), End("tomorrow")] },
        { "a reason that says calls without any", "text:Blue. -> Stop 1", [Start(0, Text), End("tool_use")] },
        { "calls without the reason", "call:c t {\"a\": 1} -> ToolCalls 1", [Start(0, Call), End("end_turn")] },
        { "a call that was cut", "reasoning:Hm.|text:Blue. -> Length 2", [Start(0, Thought), Start(1, Text), Start(2, Call), Input(2, """{\"a\":"""), End("max_tokens")] },
        { "thought that was cut", "text:Blue.|reasoning:Hm. -> Length 1", [Start(0, Text), Start(1, Thought.Replace("\"s\"", "\"\"")), End("max_tokens")] },
        { "a call that is no JSON", " -> model_bad_response", [Start(0, Call), Input(0, """{\"a\":"""), End("tool_use")] },
        { "input as a text", "call:c t {\"a\":2} -> ToolCalls 1", [Start(0, Call.Replace("{\"a\": 1}", "\"{\\\"a\\\":2}\"")), End("tool_use")] },
        { "no input at all", "call:c t {} -> ToolCalls 1", [Start(0, Call.Replace(",\"input\":{\"a\": 1}", "")), End("tool_use")] },
        { "a call without an id", "call: t {} -> ToolCalls 0", [Start(0, """{"type":"tool_use","name":"t"}"""), End("tool_use")] },
        { "an id twice", "call:c t {\"a\": 1}|call:c t {\"a\": 1} -> ToolCalls 0", [Start(0, Call), Start(1, Call), End("tool_use")] },
        { "empty texts", "reasoning:Hm.|text:\n\n|call:c t {\"a\": 1} -> ToolCalls 2", [Start(0, Thought), Start(1, Text.Replace("Blue.", "\\n\\n")), Start(2, Call), End("tool_use")] },
        { "two thoughts in a row", "reasoning:Hm.\n\nHm.|text:Blue. -> Stop 3", [Start(0, Thought), Start(1, Thought), Start(2, Text), End("end_turn")] },
        { "a refusal after some words", "reasoning:Hm.|text:Blue. -> ContentFilter 0", [Start(0, Thought), Start(1, Text), End("refusal")] },
        { "a search without its result", "text:Blue.|provider_tool:web_search whale -> Length 1", [Start(0, Text), Start(1, Search), End("max_tokens")] },
        { "a source in the start", "text:Blue.|source:https://a.example -> Stop 1", [Start(0, Text.Replace("}", ",\"citations\":[{\"url\":\"https://a.example\"},{\"url\":\"https://a.example\"},{\"document_index\":0}]}")), Stop(0), End("end_turn")] },
        { "a block of tomorrow", "text:Blue. -> Stop 2", [Start(0, """{"type":"dream","x":[1]}"""), Delta(0, """{"type":"dream_delta","y":"z"}"""), Start(1, Text), End("end_turn")] },
        { "an overflow in the stream", " -> model_context_overflow", ["""{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}"""] },
        { "a limit in the stream", "text:Blue. -> model_rate_limited", [Start(0, Text), """{"type":"error","error":{"type":"rate_limit_error","message":"No."}}"""] },
        { "an error without a type", " -> model_unavailable", ["""{"error":{"type":"api_error","message":"No."}}"""] },
        { "an error that is a text", " -> model_unavailable", ["""{"type":"error","error":"No."}"""] },
        { "members of other kinds", "text:Blue. -> Stop 1", ["7", "null", "[]", """{"type":[]}""", """{"type":"message_start","message":7}""", """{"type":"content_block_start","index":"x","content_block":null}""", """{"type":"content_block_delta","index":9,"delta":[]}""", """{"type":"content_block_stop","index":9}""", Start(0, Text), Delta(0, """{"type":"text_delta","text":null}"""), """{"type":"message_delta","delta":null,"usage":{"output_tokens":"x"}}""", End("end_turn")] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_is_read_once_and_whole(string what, string expected, string[] data)
    {
        using var exchange = new Exchange(ProviderWire.Messages, data);
        Assert.Equal(expected, await exchange.ReadAsync());
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task A_server_that_does_not_stream_is_read()
    {
        using var exchange = Exchange.Whole(ProviderWire.Messages, $$$"""{"type":"message","content":[{{{Search}}},{{{Found}}},{{{Text}}},{{{Call}}}],"stop_reason":"tool_use","usage":{"input_tokens":3}}""");
        Assert.Equal("provider_tool:web_search whale|text:Blue.|call:c t {\"a\": 1} -> ToolCalls 4", await exchange.ReadAsync());
    }

    [Fact]
    public async Task Blocks_go_back_as_they_came()
    {
        const string Redacted = """{"type":"redacted_thinking","data":"r\/ü","x":1.0}""";
        using var exchange = new Exchange(ProviderWire.Messages, Start(0, Redacted), Start(1, Call), Input(1, """{\"a\": \"\u00fc\"}"""), End("tool_use"));
        exchange.Tools = [AIFunctionFactory.CreateDeclaration("t", null, JsonElement.Parse("{}"))];
        var outcome = await exchange.AskAsync();
        var user = new UserItem([new TextPart("Hello")]);
        await exchange.AskAsync(user, new AssistantItem(outcome.ToMessage()), new ToolResultsItem([new ToolResultPart("c", "1")]));
        Assert.Contains($$$"""{{{Redacted}}},{"type":"tool_use","id":"c","name":"t","input":{"a": "ü"}}""", exchange.Bodies[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_answer_goes_on_within_the_request_and_goes_back_as_one()
    {
        using var script = new Script(
            () => Answer([Start(0, Thought), Start(1, Search), """{"type":"message_delta","delta":{"stop_reason":"pause_turn"},"usage":{"input_tokens":10,"output_tokens":2}}"""]),
            () => Answer([Start(0, Found), Start(1, Text), """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":20,"output_tokens":3}}"""]));
        var model = ProviderModels.Create(new ProviderOptions { Wire = ProviderWire.Messages, Model = "m" }, script);
        var outcome = await Outcome.ReadAsync(model, new ModelRequest { Prompt = [new UserItem([new TextPart("Hello")])] });
        Assert.Equal(["reasoning:Hm.", "provider_tool:web_search whale", "text:Blue."], outcome.Parts.Select(Outcome.Describe));
        Assert.Equal([Thought, Search, Found, Text], outcome.End!.Replay!.Items);
        Assert.Equal((30, 5), (outcome.Usage!.InputTokens, outcome.Usage.OutputTokens));
        var sent = JsonNode.Parse(script.Bodies[^1])!["messages"]!.AsArray();
        Assert.Equal($"[{Thought},{Search}]", sent[^1]!["content"]!.ToJsonString());
    }

    [Fact]
    public async Task A_pause_without_end_is_cut_off()
    {
        var rounds = 0;
        using var script = new Script(() => Answer([Start(0, Text.Replace("Blue", $"{++rounds}")), End("pause_turn")]));
        var model = ProviderModels.Create(new ProviderOptions { Wire = ProviderWire.Messages, Model = "m" }, script);
        var outcome = await Outcome.ReadAsync(model, new ModelRequest { Prompt = [new UserItem([new TextPart("Hello")])] });
        Assert.Equal((FinishReason.Length, 8), (outcome.End!.Reason, rounds));
    }

    [Fact]
    public async Task Counts_of_the_last_event_complete_those_of_the_first()
    {
        using var exchange = new Exchange(
            ProviderWire.Messages,
            """{"type":"message_start","message":{"usage":{"input_tokens":1,"cache_read_input_tokens":2,"cache_creation_input_tokens":4,"output_tokens":1}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"output_tokens":9,"output_tokens_details":{"thinking_tokens":5}}}""");
        Assert.Equal(
            new TokenUsage(7, 9) { CacheReadTokens = 2, CacheWriteTokens = 4, ReasoningTokens = 5 }, (await exchange.AskAsync()).Usage);
    }

    private static HttpResponseMessage Answer(string[] data) => new(HttpStatusCode.OK)
    {
        Content = new StringContent(string.Concat(data.Select(each => $"data: {each}\n\n")), System.Text.Encoding.UTF8, "text/event-stream"),
    };

    private static string Start(int index, string block) => $$"""{"type":"content_block_start","index":{{index}},"content_block":{{block}}}""";

    private static string Delta(int index, string delta) => $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}""";

    private static string Input(int index, string json) => Delta(index, $$"""{"type":"input_json_delta","partial_json":"{{json}}"}""");

    private static string Stop(int index) => $$"""{"type":"content_block_stop","index":{{index}}}""";

    private static string End(string reason) => $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}"}}""";
}
