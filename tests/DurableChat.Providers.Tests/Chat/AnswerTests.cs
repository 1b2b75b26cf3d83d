using DurableChat.Providers.Tests.Cases;
using Xunit;

namespace DurableChat.Providers.Tests.Chat;

public sealed class AnswerTests
{
    private static readonly string _stop = Chunks.Delta("{}", "stop");

    public static TheoryData<string, string[], string> Answers => new()
    {
        { "reason stop", [Chunks.Delta("""{"content":"Hi."}"""), _stop], "text:Hi. | Stop" },
        { "a mark and no reason", [Chunks.Delta("""{"content":"Hi."}"""), "[DONE]"], "text:Hi. | Stop" },
        { "a mark and an empty reason", [Chunks.Delta("""{"content":"Hi."}""", ""), "[DONE]"], "text:Hi. | Stop" },
        { "an empty reason and no mark", [Chunks.Delta("""{"content":"Hi."}""", "")], "! model_bad_response" },
        { "a reason that is the word null", [Chunks.Delta("""{"content":"Hi."}""", "null"), Chunks.Delta("{}", "null")], "! model_bad_response" },
        { "values that no empty line parts", [Chunks.Delta("""{"content":"Hi"}""") + "\ndata: " + Chunks.Delta("""{"content":"."}""") + "\ndata: " + _stop + "\ndata: [DONE]"], "text:Hi. | Stop" },
        { "a block of reasoning with a summary", [Chunks.Delta("""{"content":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},{"type":"text","text":"Hi."}]}"""), _stop], "reasoning:Hm. | text:Hi. | Stop" },
        { "a mark alone", ["[DONE]"], "! model_bad_response" },
        { "neither", [Chunks.Delta("""{"content":"Hi."}""")], "! model_bad_response" },
        { "nothing", [], "! model_bad_response" },
        { "a filter", [Chunks.Delta("""{"content":"Hi."}"""), Chunks.Delta("{}", "content_filter")],
            "text:Hi. | ContentFilter" },
        { "a filter, nothing said", [Chunks.Delta("{}", "content_filter")], "ContentFilter" },
        { "Gemini's filter", [Chunks.Delta("{}", "content_filter: PROHIBITED_CONTENT")], "ContentFilter" },
        { "Gemini's broken call", [Chunks.Delta("{}", "function_call_filter: MALFORMED_FUNCTION_CALL")],
            "! model_bad_response" },
        { "Mistral's length", [Chunks.Delta("""{"content":"Hi."}""", "model_length")], "text:Hi. | Length" },
        { "DeepSeek gives up after a while",
            [Chunks.Delta("""{"content":"Hi."}"""), Chunks.Delta("{}", "insufficient_system_resource")],
            "text:Hi. | Length" },
        { "DeepSeek gives up at once", [Chunks.Delta("{}", "insufficient_system_resource")], "! model_unavailable" },
        { "an error without words", [Chunks.Delta("""{"content":"Hi."}"""), Chunks.Delta("{}", "error")],
            "! model_unavailable" },
        { "an error's words come later",
            [Chunks.Delta("{}", "error"), """{"error":{"code":429,"message":"Slow down."}}"""],
            "! model_rate_limited" },
        { "an error in the choice",
            ["""{"choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"code":429,"message":"Slow."}}]}"""], "! model_rate_limited" },
        { "an error as text", ["""{"error":"This model's maximum context length is 8 tokens."}"""],
            "! model_context_overflow" },
        { "an error of vLLM", ["""{"object":"error","message":"Boom.","type":"InternalServerError","code":500}"""],
            "! model_unavailable" },
        { "an error of a framework", ["""{"detail":"Internal Server Error"}"""], "! model_unavailable" },
        { "an error of Google", ["""[{"error":{"code":503,"message":"Overloaded.","status":"UNAVAILABLE"}}]"""],
            "! model_unavailable" },
        { "no error", ["""{"error":null,"choices":[]}""", Chunks.Delta("""{"content":"Hi."}""", "stop")],
            "text:Hi. | Stop" },
        { "an error behind the end",
            [Chunks.Delta("""{"content":"Hi."}""", "stop"), """{"error":{"code":500,"message":"Boom."}}"""],
            "text:Hi. | Stop" },
        { "rubbish behind the end", [Chunks.Delta("""{"content":"Hi."}""", "stop"), "rubbish"], "text:Hi. | Stop" },
        { "rubbish in the midst", [Chunks.Delta("""{"content":"Hi."}"""), "rubbish", _stop], "! model_bad_response" },
        { "other JSON",
            ["null", "7", "\"x\"", "[]", "{}", """{"choices":7}""", """{"choices":[null,7,{}]}""",
            Chunks.Delta("""{"content":"Hi."}""", "stop")], "text:Hi. | Stop" },
        { "members of other types",
            [Chunks.Delta(
                """{"content":7,"reasoning":{},"refusal":[],"tool_calls":"x","annotations":{},"images":7,"extra_content":"x"}"""), Chunks.Delta("""{"content":"Hi."}""", "stop")], "text:Hi. | Stop" },
        { "a second choice",
            ["""{"choices":[{"index":1,"delta":{"content":"No."},"finish_reason":"stop"},{"index":0,"delta":{"content":"Hi."},"finish_reason":null}]}""", "[DONE]"], "text:Hi. | Stop" },
        { "a choice without a number", ["""{"choices":[{"delta":{"content":"Hi."},"finish_reason":"stop"}]}"""],
            "text:Hi. | Stop" },
        { "Azure's filter results first",
            ["""{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}""",
            Chunks.Delta("""{"content":"Hi."}""", "stop")], "text:Hi. | Stop" },
        { "a refusal", [Chunks.Delta("""{"refusal":"No."}"""), _stop], "refusal:No. | ContentFilter" },
        { "thought before text in one chunk", [Chunks.Delta("""{"content":"Hi.","reasoning":"Hm."}""", "stop")],
            "reasoning:Hm. | text:Hi. | Stop" },
        { "both names, one after the other",
            [Chunks.Delta("""{"reasoning":"Hm."}"""), Chunks.Delta("""{"reasoning_content":"Hm."}"""),
            Chunks.Delta("""{"content":"Hi."}""", "stop")], "reasoning:Hm. | text:Hi. | Stop" },
        { "both names, in pieces",
            [Chunks.Delta("""{"reasoning":"H","reasoning_content":"H"}"""),
            Chunks.Delta("""{"reasoning":"m","reasoning_content":"m"}"""), _stop], "reasoning:Hm | Stop" },
        { "two texts", [Chunks.Delta("""{"reasoning":"A","reasoning_content":"B"}"""), _stop], "reasoning:BA | Stop" },
        { "details alone",
            [Chunks.Delta("""{"reasoning_details":[{"type":"reasoning.summary","summary":"Hm.","index":0}]}"""),
            _stop], "reasoning:Hm. | Stop" },
        { "content as one block", [Chunks.Delta("""{"content":{"type":"text","text":"Hi."}}""", "stop")],
            "text:Hi. | Stop" },
        { "content as text, thought as text",
            [Chunks.Delta("""{"content":[{"type":"thinking","thinking":"Hm."}]}"""),
            Chunks.Delta("""{"content":"Hi."}""", "stop")], "reasoning:Hm. | text:Hi. | Stop" },
        { "unknown blocks",
            [Chunks.Delta(
                """{"content":[{"type":"reference","reference_ids":[1]},{"type":"text","text":"Hi."},null,7]}""",
                "stop")], "text:Hi. | Stop" },
        { "a picture",
            [Chunks.Delta("""{"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}"""),
            _stop], "file:image/png AAAA | Stop" },
        { "a picture twice",
            [Chunks.Delta("""{"images":[{"image_url":{"url":"data:image/png;base64,AAAA"}}]}"""),
            Chunks.Delta("""{"images":[{"image_url":{"url":"data:image/png;base64,AAAA"}}]}""", "stop")],
            "file:image/png AAAA | Stop" },
        { "a picture among blocks",
            [Chunks.Delta("""{"content":[{"type":"image_url","image_url":{"url":"data:image/webp;base64,AAAA"}}]}""",
            "stop")], "file:image/webp AAAA | Stop" },
        { "citations twice, in the midst",
            [Chunks.Delta(
                """{"content":"A","annotations":[{"type":"url_citation","url_citation":{"url":"https://e.org","title":"E"}}]}"""), Chunks.Delta("""{"content":"B","annotations":[{"type":"url_citation","url":"https://e.org"}]}""", "stop")], "text:AB | source:https://e.org E | Stop" },
        { "lists of citations",
            ["""{"citations":["https://a.org"],"search_results":[{"title":"B","url":"https://b.org"}],"choices":[{"index":0,"delta":{"content":"Hi."},"finish_reason":"stop"}]}"""], "text:Hi. | source:https://b.org B | source:https://a.org | Stop" },
        { "the whole once more at the end",
            [Chunks.Delta("""{"content":"Hi."}"""),
            """{"choices":[{"index":0,"message":{"content":"Hi."},"finish_reason":"stop"}]}"""], "text:Hi. | Stop" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_is_read(string what, string[] data, string expected)
    {
        Assert.NotEmpty(what);
        Assert.Equal(expected, Chunks.Describe(await Chunks.ReadAsync(data)));
    }

    [Theory]
    [InlineData(
        """{"choices":[{"message":{"role":"assistant","content":"Hi.","reasoning":"Hm."},"finish_reason":"stop"}]}""",
        "reasoning:Hm. | text:Hi. | Stop")]
    [InlineData("""{"choices":[{"message":{"role":"assistant","content":"Hi."}}]}""", "text:Hi. | Stop")]
    [InlineData(
        """{"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""", "call:a t {} | ToolCalls")]
    [InlineData("""{"error":{"message":"No.","code":"insufficient_quota"}}""", "! model_quota")]
    [InlineData("""[{"error":{"code":400,"message":"API key not valid."}}]""", "! model_unauthorized")]
    [InlineData("""{"ok":true}""", "! model_bad_response")]
    [InlineData("<html>", "! model_bad_response")]
    [InlineData("", "! model_bad_response")]
    public async Task A_body_that_is_no_stream_is_read_as_a_whole(string body, string expected)
    {
        var options = new ProviderOptions { Wire = ProviderWire.Chat, Model = "m-1" };
        foreach (var type in (string[])["application/json", "text/event-stream", "text/plain", "text/html"])
        {
            Assert.Equal(expected, Chunks.Describe(await Chunks.ReadAsync(options, body, type)));
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    [InlineData("text/event-stream")]
    public async Task A_stream_is_a_stream_whatever_its_type_says(string type)
    {
        var body = Chunks.Events([Chunks.Delta("""{"content":"Hi."}""", "stop")]);
        Assert.Equal("text:Hi. | Stop",
            Chunks.Describe(await Chunks.ReadAsync(new ProviderOptions { Wire = ProviderWire.Chat, Model = "m-1" },
            body, type)));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    [InlineData("\r")]
    public async Task The_last_event_needs_no_empty_line(string end)
    {
        var body = $"data: {Chunks.Delta("""{"content":"Hi."}""")}\n\ndata: {_stop}{end}";
        Assert.Equal("text:Hi. | Stop",
            Chunks.Describe(await Chunks.ReadAsync(new ProviderOptions { Wire = ProviderWire.Chat, Model = "m-1" },
            body)));
    }

    [Theory]
    [InlineData("<think>Hm.</think>\n\nHi.", "reasoning:Hm. | text:Hi. | Stop")]
    [InlineData("\n<think>\nHm. </think>Hi.", "reasoning:Hm.  | text:Hi. | Stop")]
    [InlineData("<think></think>Hi.", "text:Hi. | Stop")]
    [InlineData("<think>Hm. </thin", "reasoning:Hm. </thin | Stop")]
    [InlineData("<thi", "text:<thi | Stop")]
    [InlineData("<thing>", "text:<thing> | Stop")]
    [InlineData("Write <think>x</think>.", "text:Write <think>x</think>. | Stop")]
    [InlineData("<think>a < b </ c</think>d", "reasoning:a < b </ c | text:d | Stop")]
    public async Task Think_tags_part_reasoning_from_text_however_they_are_cut(string text, string expected)
    {
        var options = new ProviderOptions { Wire = ProviderWire.Chat, Model = "m-1", ParsesThinkTags = true };
        for (var size = 1; size <= text.Length; size++)
        {
            var data = text.Chunk(size)
                .Select(piece =>
                    Chunks.Delta($$"""{"content":{{System.Text.Json.JsonSerializer.Serialize(new string(piece))}}}"""));
            Assert.Equal(expected, Chunks.Describe(await Chunks.ReadAsync(options, Chunks.Events([.. data, _stop]))));
        }
    }

    [Theory]
    [InlineData(
        """{"usage":{"prompt_tokens":50,"completion_tokens":20,"prompt_tokens_details":{"cached_tokens":32,"cache_write_tokens":4},"completion_tokens_details":{"reasoning_tokens":12},"cost":0.5},"choices":[]}""", "50 20 32 4 12 0.5")]
    [InlineData("""{"usage":{"prompt_tokens":50,"completion_tokens":20,"prompt_cache_hit_tokens":32},"choices":[]}""",
        "50 20 32   ")]
    [InlineData(
        """{"choices":[{"index":0,"delta":{},"usage":{"prompt_tokens":50,"completion_tokens":20,"cached_tokens":32}}]}""", "50 20 32   ")]
    [InlineData("""{"x_groq":{"usage":{"prompt_tokens":50,"completion_tokens":20}},"choices":[]}""", "50 20    ")]
    [InlineData(
        """{"usage":{"prompt_tokens":50,"completion_tokens":20,"total_tokens":82,"completion_tokens_details":{"reasoning_tokens":12}},"choices":[]}""", "50 32   12 ")]
    [InlineData("""{"usage":{"prompt_tokens":50.0,"completion_tokens":-1,"cost":"x"},"choices":null}""", "50 0    ")]
    [InlineData("""{"usage":{"prompt_tokens":0,"completion_tokens":0},"choices":null}""", "")]
    [InlineData("""{"usage":[],"choices":null}""", "")]
    public async Task Usage_is_read_under_its_names(string chunk, string expected)
    {
        var usage = (await Chunks.ReadAsync(Chunks.Delta("""{"content":"Hi."}""", "stop"), chunk)).Usage;
        Assert.Equal(expected, usage is null ? ""
            : FormattableString.Invariant(
                $"{usage.InputTokens} {usage.OutputTokens} {usage.CacheReadTokens} {usage.CacheWriteTokens} {usage.ReasoningTokens} {usage.Cost}"));
    }

    [Fact]
    public async Task Usage_is_counted_even_if_the_answer_fails()
    {
        var outcome =
            await Chunks.ReadAsync(
                """{"usage":{"prompt_tokens":50,"completion_tokens":20},"choices":[],"error":{"code":502}}""");
        Assert.Equal("model_unavailable", outcome.Failure!.Error.Code);
        Assert.Equal(50, outcome.Usage!.InputTokens);
    }

    [Fact]
    public async Task A_connection_that_breaks_behind_the_end_does_not_take_the_answer_back()
    {
        var body = Chunks.Events([Chunks.Delta("""{"content":"Hi."}""", "stop")]);
        var script = new Script(() =>
            new HttpResponseMessage { Content = new StreamContent(new BreakingStream(body)) });
        var outcome =
            await Outcome.ReadAsync(Chunks.Model(new ProviderOptions { Wire = ProviderWire.Chat, Model = "m-1" },
            script), Chunks.Question);
        Assert.Equal("text:Hi. | Stop", Chunks.Describe(outcome));
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_midst_is_an_error()
    {
        var script = new Script(() =>
            new HttpResponseMessage
            {
                Content =
                    new StreamContent(new BreakingStream(Chunks.Events([Chunks.Delta("""{"content":"Hi."}""")])))
            });
        await Assert.ThrowsAsync<IOException>(() =>
            Outcome.ReadAsync(Chunks.Model(new ProviderOptions { Wire = ProviderWire.Chat, Model = "m-1" }, script),
            Chunks.Question));
    }

    private sealed class BreakingStream(string text) : MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length ? throw new IOException("Reset.") : base.ReadAsync(buffer, cancellationToken);
    }
}
