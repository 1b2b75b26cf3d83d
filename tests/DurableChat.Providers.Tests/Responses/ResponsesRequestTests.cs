using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Cases;
using DurableChat.Providers.Tests.Talks;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Providers.Tests.Responses;

public sealed class ResponsesRequestTests
{
    private const string Completed = """{"type":"response.completed","response":{}}""";
    private static readonly JsonElement _schema = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement.Clone();
    private static readonly AIFunctionDeclaration _tool = AIFunctionFactory.CreateDeclaration("t", "Does it.", _schema);

    public static TheoryData<string, GenerationSettings, string, string?> Settings => new()
    {
        { "nothing", new(), "reasoning", """{"summary":"auto"}""" },
        { "effort", new() { ReasoningEffort = "xhigh" }, "reasoning", """{"effort":"xhigh","summary":"auto"}""" },
        { "not shown", new() { ReasoningEffort = "low", ReasoningDisplay = "omitted" }, "reasoning", """{"effort":"low"}""" },
        { "temperature", new() { Temperature = 0.2 }, "temperature", "0.2" },
        { "top p", new() { TopP = 0.5 }, "top_p", "0.5" },
        { "top k", new() { TopK = 5 }, "top_k", null },
        { "seed", new() { Seed = 5 }, "seed", null },
        { "stop", new() { Stop = ["x"] }, "stop", null },
        { "tokens", new() { MaxOutputTokens = 50 }, "max_output_tokens", "50" },
        { "tier", new() { ServiceTier = "flex" }, "service_tier", "\"flex\"" },
        { "parallel", new() { ParallelToolCalls = false }, "parallel_tool_calls", "false" },
        { "required", new() { ToolChoice = "required" }, "tool_choice", "\"required\"" },
        { "one tool", new() { ToolChoice = "t" }, "tool_choice", """{"type":"function","name":"t"}""" },
        { "no tools", new() { Tools = false, ToolChoice = "auto" }, "tool_choice", null },
        { "tools", new(), "tools", """[{"type":"function","name":"t","description":"Does it.","parameters":{"type":"object","properties":{}},"strict":false}]""" },
        { "schema", new() { ResponseFormat = Json("""{"type":"json_schema","schema":{"type":"object"},"strict":true}""") }, "text", """{"format":{"type":"json_schema","schema":{"type":"object"},"strict":true,"name":"answer"}}""" },
        { "json", new() { ResponseFormat = Json("""{"type":"json_object"}""") }, "text", """{"format":{"type":"json_object"}}""" },
        { "cache", new(), "prompt_cache_key", "\"c\"" },
        { "no cache", new() { Cache = false }, "prompt_cache_key", null },
        { "store", new(), "store", "false" },
        { "include", new(), "include", """["reasoning.encrypted_content"]""" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_setting_is_sent_as_the_wire_says_it(string what, GenerationSettings settings, string field, string? expected)
    {
        using var exchange = new Exchange(ProviderWire.Responses, Completed);
        var body = await exchange.SendAsync(new ModelRequest
        {
            Prompt = [new UserItem([new TextPart("Hello")])],
            Tools = [_tool],
            Settings = settings,
            CacheKey = "c",
        });
        Assert.Equal(expected, body[field]?.ToJsonString());
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task An_organisation_that_gets_no_summaries_is_answered_without_them()
    {
        const string Refusal =
            """{"error":{"message":"Your organization must be verified to generate reasoning summaries.","param":"reasoning.summary","code":"unsupported_value"}}""";
        const string Answer = """data: {"type":"response.completed","response":{"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi."}]}]}}""";
        var script = new Cases.Script(
            () => new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest) { Content = new StringContent(Refusal) },
            () => new HttpResponseMessage { Content = new StringContent($"{Answer}\n\n", System.Text.Encoding.UTF8, "text/event-stream") });
        var model = ProviderModels.Create(new ProviderOptions { Wire = ProviderWire.Responses, Model = "gpt-5.6", Endpoint = new Uri("http://provider.test/v1") }, script);
        var request = new ModelRequest { Prompt = [new UserItem([new TextPart("x")])] };
        for (var turn = 0; turn < 2; turn++)
        {
            Assert.Null((await Cases.Outcome.ReadAsync(model, request)).Failure);
        }

        // Refused once, and not asked for again.
        Assert.Equal([true, false, false], script.Bodies.Select(body => body.Contains("summary", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_prompt_becomes_instructions_and_items()
    {
        using var exchange = new Exchange(ProviderWire.Responses, Completed);
        var body = await exchange.SendAsync(new ModelRequest
        {
            Prompt =
            [
                new SystemItem("Be brief."),
                new UserItem([new TextPart("See."), new FilePart("image/png", "AA"), new FilePart("application/x-unknown", "AA")]),
                new InstructionItem("In German."),
            ],
        });
        Assert.Equal("Be brief.", (string?)body["instructions"]);
        Assert.Equal(
            """[{"type":"message","role":"user","content":[{"type":"input_text","text":"See."},{"type":"input_image","image_url":"data:image/png;base64,AA"}]},{"type":"message","role":"developer","content":"In German."}]""",
            body["input"]!.ToJsonString());
        Assert.False(body.ContainsKey("tools"));
    }

    [Theory]
    [InlineData("gpt-4o-mini", false)]
    [InlineData("openai/gpt-4.1", false)]
    [InlineData("gpt-5.6-terra", true)]
    [InlineData("grok-4", true)]
    public async Task Models_that_do_not_think_get_no_fields_of_thought(string name, bool thinks)
    {
        using var script = new Script(() => new HttpResponseMessage { Content = new StringContent($"data: {Completed}\n\n", null, "text/event-stream") });
        var options = new ProviderOptions { Wire = ProviderWire.Responses, Model = name };
        await Outcome.ReadAsync(ProviderModels.Create(options, script), new ModelRequest { Prompt = [new UserItem([new TextPart("Hello")])] });
        var body = JsonNode.Parse(script.Bodies[0])!.AsObject();
        Assert.Equal((thinks, thinks), (body.ContainsKey("reasoning"), body.ContainsKey("include")));
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement.Clone();
}
