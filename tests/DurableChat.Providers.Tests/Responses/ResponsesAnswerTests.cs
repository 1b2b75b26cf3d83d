using DurableChat.Models;
using DurableChat.Providers.Tests.Talks;
using Xunit;

namespace DurableChat.Providers.Tests.Responses;

public sealed class ResponsesAnswerTests
{
    private const string Text = """{"id":"m","type":"message","role":"assistant","content":[{"type":"output_text","text":"Blue."}]}""";
    private const string Call = """{"id":"f","type":"function_call","call_id":"c","name":"t","arguments":"{\"a\":1}"}""";
    private const string Thought = """{"id":"r","type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"e"}""";
    private const string Completed = """{"type":"response.completed","response":{"status":"completed"}}""";
    private const string Delta = """{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"Blue."}""";

    public static TheoryData<string, string, string[]> Answers => new()
    {
        { "an item only in done", "text:Blue. -> Stop 1", [Done(0, Text), Completed] },
        { "an item only in completed", "text:Blue. -> Stop 1", [Ended($"[{Text}]")] },
        { "an item in pieces, done and completed", "text:Blue. -> Stop 1", [Delta, Done(0, Text), Ended($"[{Text}]")] },
        { "pieces only", "text:Blue. -> Stop 1", [Delta, Completed] },
        { "a text that is only in its done", "text:Blue. -> Stop 1", [Delta.Replace("delta\"", "done\"").Replace("\"done\":", "\"text\":"), Completed] },
        { "a done twice", "text:Blue. -> Stop 1", [Done(0, Text), Done(0, Text), Completed] },
        { "ids that change with each event", "text:Blue. -> Stop 1", [Added(0, Text, "a"), Delta.Replace("\"m\"", "\"b\""), Done(0, Text, "c"), Ended($"[{Text.Replace("\"m\"", "\"d\"")}]")] },
        { "no places", "text:Blue.|call:c t {\"a\":1} -> ToolCalls 2", [Delta.Replace("\"output_index\":0,", ""), Done(null, Text), Done(null, Call), Ended($"[{Text},{Call}]")] },
        { "all at place 0", "text:Blue.|call:c t {\"a\":1} -> ToolCalls 2", [Delta, Done(0, Text), Done(0, Call), Ended($"[{Text},{Call}]")] },
        { "a call only in completed, out of order", "reasoning:Hm.|call:c t {\"a\":1} -> ToolCalls 2", [Done(0, Thought), Ended($"[{Thought},{Call}]")] },
        { "calls in the order of the output", "call:a t {}|call:b t {} -> ToolCalls 2", [Done(1, CallOf("b")), Done(0, CallOf("a")), Completed] },
        { "a call whose item is never done", "call:a t {\"x\":2} -> ToolCalls 1", [Added(0, CallOf("a"), "f"), Arguments("{\\\"x\\\":2}"), Completed] },
        { "a call with arguments as an object", "call:c t {\"a\": 1} -> ToolCalls 1", [Done(0, Call.Replace("\"{\\\"a\\\":1}\"", "{\"a\": 1}")), Completed] },
        { "a call without arguments", "call:a t {} -> ToolCalls 1", [Done(0, CallOf("a")), Completed] },
        { "a call that is no JSON", " -> model_bad_response", [Done(0, Call.Replace(":1}", ":")), Completed] },
        { "a call without an id", "call: t {} -> ToolCalls 0", [Done(0, """{"type":"function_call","name":"t"}"""), Completed] },
        { "an id twice", "call:a t {}|call:a t {} -> ToolCalls 0", [Done(0, CallOf("a")), Done(1, CallOf("a").Replace("fa", "fb")), Completed] },
        { "a call in an answer that was cut", "reasoning:Hm. -> Length 0", [Done(0, Thought), Done(1, Call), Ended("[]", "incomplete")] },
        { "completed that says incomplete", "text:Blue. -> Length 0", [Done(0, Text), Ended("[]", "incomplete").Replace("response.incomplete", "response.completed")] },
        { "thought that is a reference only", "text:Blue. -> Stop 0", [Done(0, """{"id":"r","type":"reasoning","summary":[]}"""), Done(1, Text), Completed] },
        { "thought that leads to nothing", "reasoning:Hm. -> Stop 0", [Done(0, Thought), Completed] },
        { "thought twice, as summary and in the open", "reasoning:Open. -> Stop 0", [Reason("reasoning_text", "Open."), Reason("reasoning_summary_text", "Sum."), Completed] },
        { "two thoughts in a row", "reasoning:Hm.\n\nHm.|text:Blue. -> Stop 3", [Done(0, Thought), Done(1, Thought.Replace("\"r\"", "\"r2\"")), Done(2, Text), Completed] },
        { "a source announced beside the text", "text:Blue.|source:https://a.example -> Stop 1", [Delta, Source("https://a.example"), Source("https://a.example"), Done(0, Text), Completed] },
        { "sources of a text that came whole", "text:Blue.|source:https://b.example -> Stop 1", [Done(0, Text.Replace("\"text\":\"Blue.\"", "\"text\":\"Blue.\",\"annotations\":[{\"type\":\"url_citation\",\"url\":\"https://b.example\"},{\"type\":\"file_citation\"},null]")), Completed] },
        { "a search", "provider_tool:web_search whale|text:Blue. -> Stop 2", [Done(0, """{"id":"w","type":"web_search_call","action":{"type":"search","query":"whale"}}"""), Done(1, Text), Completed] },
        { "a tool of tomorrow", "provider_tool:dream |text:Blue. -> Stop 2", [Done(0, """{"id":"w","type":"dream_call","status":"completed"}"""), Done(1, Text), Completed] },
        { "a picture that failed", " -> Stop 1", [Done(0, """{"id":"i","type":"image_generation_call","result":null}"""), Completed] },
        { "a webp", "image:image/webp -> Stop 1", [Done(0, """{"id":"i","type":"image_generation_call","result":"AA","output_format":"webp"}"""), Completed] },
        { "a refusal that came whole", "refusal:No. -> ContentFilter 1", [Done(0, Text.Replace("\"output_text\",\"text\":\"Blue.\"", "\"refusal\",\"refusal\":\"No.\"")), Completed] },
        { "a nested error", "text:Blue. -> model_rate_limited", [Delta, """{"type":"error","error":{"type":"tokens","code":"rate_limit_exceeded","message":"No."}}"""] },
        { "an overflow in the stream", " -> model_context_overflow", ["""{"type":"response.failed","response":{"status":"failed","error":{"code":"context_length_exceeded","message":"No."}}}"""] },
        { "a failure without words", " -> model_unavailable", ["""{"type":"response.failed","response":{"object":"response","instructions":"billing","error":null}}"""] },
        { "an error without a type", " -> model_unavailable", ["""{"error":{"message":"Busy."}}"""] },
        { "cancelled", " -> model_unavailable", [Ended("[]", "cancelled")] },
        { "items that are none", "text:Blue. -> Stop 1", [Ended($"[null,7,{Text}]")] },
        { "an error that is a text", " -> model_unavailable", ["""{"type":"error","error":"Busy."}"""] },
        { "an unknown model", " -> model_not_found", ["""{"type":"error","error":{"code":"model_not_found","message":"No."}}"""] },
        { "only [DONE]", "text:Blue. -> model_bad_response", [Delta, "[DONE]"] },
        { "members of other kinds", "text:Blue. -> Stop 1", ["""{"type":5}""", "7", "[]", "null", """{"type":"response.output_item.done","item":null}""", """{"type":"response.output_text.delta","delta":{}}""", Done(0, Text), """{"type":"response.completed","response":{"status":3,"usage":[],"output":{}}}"""] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_is_read_once_and_whole(string what, string expected, string[] data)
    {
        using var exchange = new Exchange(ProviderWire.Responses, data);
        Assert.Equal(expected, await exchange.ReadAsync());
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""[{"id":"m","type":"message","content":[{"type":"output_text","text":"It is","annotations":[{"type":"url_citation","url":"https://a.test","title":"A"}]}]}]""")]
    public async Task An_answer_that_was_cut_off_keeps_its_sources(string output)
    {
        using var exchange = new Exchange(
            ProviderWire.Responses,
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"m","type":"message","content":[]}}""",
            """{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"It is"}""",
            """{"type":"response.output_text.annotation.added","item_id":"m","output_index":0,"annotation":{"type":"url_citation","url":"https://a.test","title":"A"}}""",
            $$$"""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":{{{output}}}}}""");
        Assert.Equal("text:It is|source:https://a.test -> Length 0", await exchange.ReadAsync());
    }

    [Fact]
    public async Task A_server_that_does_not_stream_is_read()
    {
        using var exchange = Exchange.Whole(ProviderWire.Responses, $$$"""{"object":"response","status":"completed","output":[{{{Text}}},{{{Call}}}],"usage":{"input_tokens":3,"output_tokens":2}}""");
        Assert.Equal("text:Blue.|call:c t {\"a\":1} -> ToolCalls 2", await exchange.ReadAsync());
    }

    [Fact]
    public async Task Items_go_back_byte_for_byte()
    {
        const string Item = """{ "id":"r", "type":"reasoning","x":1.50e0, "content":[{"type":"reasoning_text","text":"\u00fc\/ü"}]}""";
        using var exchange = new Exchange(ProviderWire.Responses, Done(0, Item), Done(1, Text), Completed);
        var outcome = await exchange.AskAsync();
        await exchange.AskAsync(new AssistantItem(outcome.ToMessage()));
        Assert.Contains($"{Item},{Text}", exchange.Bodies[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_is_told_before_a_failure()
    {
        using var exchange = new Exchange(ProviderWire.Responses, """{"type":"response.failed","response":{"status":"failed","usage":{"input_tokens":5,"output_tokens":1}}}""");
        Assert.Equal(5, (await exchange.AskAsync()).Usage!.InputTokens);
    }

    private static string Done(int? index, string item, string? id = null) => $$"""{"type":"response.output_item.done",{{(index is null ? "" : $"\"output_index\":{index},")}}"item":{{(id is null ? item : item.Replace("\"m\"", $"\"{id}\""))}}}""";

    private static string Added(int index, string item, string id) => Done(index, item, id).Replace("item.done", "item.added");

    private static string Ended(string output, string status = "completed") => $$$"""{"type":"response.{{{status}}}","response":{"object":"response","status":"{{{status}}}","output":{{{output}}}}}""";

    private static string CallOf(string id) => $$"""{"id":"f{{id}}","type":"function_call","call_id":"{{id}}","name":"t","arguments":""}""";

    private static string Arguments(string text) => $$"""{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{{text}}"}""";

    private static string Reason(string kind, string text) => $$"""{"type":"response.{{kind}}.delta","item_id":"r","output_index":0,"delta":"{{text}}"}""";

    private static string Source(string url) => $$$"""{"type":"response.output_text.annotation.added","item_id":"m","output_index":0,"annotation":{"type":"url_citation","url":"{{{url}}}"}}""";
}
