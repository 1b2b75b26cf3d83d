using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Chat;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Providers.Tests.Chat;

public sealed class RequestTests
{
    [Theory]
    [InlineData("https://api.openai.com/v1", "OpenAI")]
    [InlineData("https://eu.api.openai.com/v1", "OpenAI")]
    [InlineData("https://x.openai.azure.com/openai/v1", "OpenAI")]
    [InlineData("https://api.deepseek.com", "DeepSeek")]
    [InlineData("https://api.moonshot.ai/v1", "Kimi")]
    [InlineData("https://api.moonshot.cn/v1", "Kimi")]
    [InlineData("https://generativelanguage.googleapis.com/v1beta/openai", "Gemini")]
    [InlineData("https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/openapi", "Gemini")]
    [InlineData("https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi", "Gemini")]
    [InlineData("https://openrouter.ai/api/v1", "OpenRouter")]
    [InlineData("https://api.mistral.ai/v1", "Mistral")]
    [InlineData("https://API.GROQ.com/openai/v1", "Groq")]
    [InlineData("http://localhost:11434/v1", "Ollama")]
    [InlineData("http://localhost:1234/v1", "LMStudio")]
    [InlineData("http://localhost:8000/v1", "Generic")]
    [InlineData("https://notopenrouter.ai/v1", "Generic")]
    [InlineData("https://api.openai.com.example.org/v1", "Generic")]
    public void The_host_tells_the_flavour(string address, string flavour) =>
        Assert.Equal(flavour, ChatHosts.FlavourOf(new Uri(address)).ToString());

    [Theory]
    [InlineData(ChatFlavour.Generic,
        """{"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.9,"top_k":5,"seed":7,"max_tokens":99,"stop":["x"],"reasoning_effort":"low","service_tier":"flex"}""")]
    [InlineData(ChatFlavour.OpenAI,
        """{"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.9,"seed":7,"max_completion_tokens":99,"stop":["x"],"reasoning_effort":"low","service_tier":"flex","store":false,"prompt_cache_key":"c"}""")]
    [InlineData(ChatFlavour.DeepSeek,
        """{"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.9,"seed":7,"max_tokens":99,"stop":["x"],"thinking":{"type":"enabled"},"reasoning_effort":"low","service_tier":"flex"}""")]
    [InlineData(ChatFlavour.Kimi,
        """{"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.9,"seed":7,"max_tokens":99,"stop":["x"],"reasoning_effort":"low","service_tier":"flex","prompt_cache_key":"c"}""")]
    [InlineData(ChatFlavour.Gemini,
        """{"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.9,"seed":7,"max_tokens":99,"stop":["x"],"reasoning_effort":"low"}""")]
    [InlineData(ChatFlavour.OpenRouter,
        """{"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.9,"top_k":5,"seed":7,"max_tokens":99,"stop":["x"],"reasoning":{"effort":"low"},"service_tier":"flex"}""")]
    [InlineData(ChatFlavour.Mistral,
        """{"temperature":0.5,"top_p":0.9,"random_seed":7,"max_tokens":99,"stop":["x"],"reasoning_effort":"low"}""")]
    [InlineData(ChatFlavour.Groq,
        """{"stream_options":{"include_usage":true},"temperature":0.5,"top_p":0.9,"seed":7,"max_completion_tokens":99,"stop":["x"],"reasoning_effort":"low","service_tier":"flex"}""")]
    public async Task Settings_are_sent_as_the_server_names_them(ChatFlavour flavour, string expected)
    {
        var body = await BodyAsync(flavour, new GenerationSettings
        {
            Temperature = 0.5,
            TopP = 0.9,
            TopK = 5,
            Seed = 7,
            MaxOutputTokens = 99,
            Stop = ["x"],
            ReasoningEffort = "low",
            ServiceTier = "flex",
        });
        Assert.Equal(expected, Without(body, "model", "messages", "stream"));
    }

    [Theory]
    [InlineData(ChatFlavour.OpenRouter, "none", null, """{"reasoning":{"effort":"none"}}""")]
    [InlineData(ChatFlavour.OpenRouter, "high", 100, """{"reasoning":{"max_tokens":100}}""")]
    [InlineData(ChatFlavour.OpenRouter, "none", 100, """{"reasoning":{"effort":"none"}}""")]
    [InlineData(ChatFlavour.DeepSeek, "none", null, """{"thinking":{"type":"disabled"}}""")]
    [InlineData(ChatFlavour.Kimi, "none", null, """{"thinking":{"type":"disabled"}}""")]
    [InlineData(ChatFlavour.Gemini, null, 100,
        """{"extra_body":{"google":{"thinking_config":{"thinking_budget":100}}}}""")]
    [InlineData(ChatFlavour.Gemini, "low", 100, """{"reasoning_effort":"low"}""")]
    [InlineData(ChatFlavour.Generic, "none", 100, """{"reasoning_effort":"none"}""")]
    [InlineData(ChatFlavour.OpenRouter, null, null, "{}")]
    [InlineData(ChatFlavour.DeepSeek, null, null, "{}")]
    public async Task Effort_is_told_as_the_server_understands_it(ChatFlavour flavour, string? effort, int? budget,
        string expected)
    {
        var body = await BodyAsync(flavour,
            new GenerationSettings { ReasoningEffort = effort, ReasoningBudget = budget });
        Assert.Equal(expected, Without(body, "model", "messages", "stream", "stream_options"));
    }

    [Theory]
    [InlineData("""{"type":"text"}""", null)]
    [InlineData("""{"type":"json_object"}""", """{"type":"json_object"}""")]
    [InlineData("""{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}""",
        """{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}""")]
    [InlineData("""{"type":"json_schema","schema":{}}""",
        """{"type":"json_schema","json_schema":{"name":"answer","schema":{}}}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"n","schema":{}}}""",
        """{"type":"json_schema","json_schema":{"name":"n","schema":{}}}""")]
    [InlineData("7", null)]
    public async Task The_form_of_the_answer_is_asked_for(string format, string? expected)
    {
        var body = await BodyAsync(ChatFlavour.Generic,
            new GenerationSettings { ResponseFormat = JsonElement.Parse(format) });
        Assert.Equal(expected, body["response_format"]?.ToJsonString());
    }

    [Theory]
    [InlineData(ChatFlavour.Generic, "auto", "\"auto\"")]
    [InlineData(ChatFlavour.Generic, "none", "\"none\"")]
    [InlineData(ChatFlavour.Generic, "required", "\"required\"")]
    [InlineData(ChatFlavour.Mistral, "required", "\"any\"")]
    [InlineData(ChatFlavour.Generic, "clock", """{"type":"function","function":{"name":"clock"}}""")]
    public async Task The_choice_of_tools_is_sent_with_them_only(ChatFlavour flavour, string choice, string expected)
    {
        var settings = new GenerationSettings { ToolChoice = choice, ParallelToolCalls = false };
        var body = await BodyAsync(flavour, settings, [new Clock()]);
        Assert.Equal(expected, body["tool_choice"]!.ToJsonString());
        Assert.False((bool)body["parallel_tool_calls"]!);
        Assert.Equal(
            """[{"type":"function","function":{"name":"clock","description":"","parameters":{"type":"object","properties":{}}}}]""",
            body["tools"]!.ToJsonString());
        foreach (var without in (JsonObject[])[await BodyAsync(flavour, settings),
            await BodyAsync(flavour, settings with { Tools = false }, [new Clock()])])
        {
            Assert.Equal("{}", Without(without, "model", "messages", "stream", "stream_options"));
        }
    }

    [Fact]
    public async Task The_configuration_wins()
    {
        var options = new ProviderOptions
        {
            Wire = ProviderWire.Chat,
            Model = "m",
            MaxTokensField = "limit",
            ExtraBody = new JsonObject { ["top_k"] = 1, ["stream_options"] = new JsonObject { ["x"] = 1 } }
        };
        var body = await Chunks.BodyAsync(options,
            Chunks.Question with { Settings = new GenerationSettings { MaxOutputTokens = 9, TopK = 5 } });
        Assert.Equal("""{"stream_options":{"include_usage":true,"x":1},"top_k":1,"limit":9}""",
            Without(body, "model", "messages", "stream"));
    }

    [Fact]
    public async Task What_a_user_gives_is_sent_as_its_kind()
    {
        var parts = new MessagePart[]
        {
            new TextPart("See."), new FilePart("image/png", "AAAA"), new FilePart("audio/mpeg", "BBBB"),
                new FilePart("application/pdf", "CCCC"), new FilePart("text/csv", Convert.ToBase64String("a,b"u8)),
            new FilePart("video/mp4", "DDDD"),
        };
        var body = await Chunks.BodyAsync(new ProviderOptions { Wire = ProviderWire.Chat, Model = "m" },
            Chunks.Question with { Prompt = [new UserItem(parts)] });
        Assert.Equal(
            """[{"type":"text","text":"See."},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"input_audio","input_audio":{"data":"BBBB","format":"mp3"}},"""
            + """{"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,CCCC"}},{"type":"text","text":"a,b"}]""",
            body["messages"]![0]!["content"]!.ToJsonString());
    }

    [Fact]
    public async Task Strict_servers_get_one_user_message_in_a_row()
    {
        var prompt = new PromptItem[] { new UserItem([new TextPart("One?")]), new InstructionItem("Brief."),
            new UserItem([new FilePart("image/png", "AAAA")]), new UserItem([new TextPart("Two?")]) };
        var body =
            await Chunks.BodyAsync(new ProviderOptions
            {
                Wire = ProviderWire.Chat,
                Model = "m",
                Flavour = ChatFlavour.Vllm
            }, Chunks.Question with { Prompt = prompt });
        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"One?\n\nBrief."},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"Two?"}]}]""",
            body["messages"]!.ToJsonString());
    }

    [Fact]
    public async Task Claude_behind_OpenRouter_is_asked_to_cache()
    {
        var options = new ProviderOptions
        {
            Wire = ProviderWire.Chat,
            Model = "anthropic/claude-x",
            Flavour = ChatFlavour.OpenRouter
        };
        var request = Chunks.Question with { Prompt = [new SystemItem("Rules."), .. Chunks.Question.Prompt] };
        Assert.Equal(
            """[{"role":"system","content":[{"type":"text","text":"Rules.","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":[{"type":"text","text":"Hello?","cache_control":{"type":"ephemeral"}}]}]""",
            (await Chunks.BodyAsync(options, request))["messages"]!.ToJsonString());
        Assert.DoesNotContain("cache_control",
            (await Chunks.BodyAsync(options, request with { Settings = new GenerationSettings { Cache = false } }))
            .ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("cache_control",
            (await Chunks.BodyAsync(options with { Model = "x/y" }, request)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_of_calls_stay_where_they_can()
    {
        Assert.Equal("functions.t:0", ChatCallIds.Fit("functions.t:0", CallIdStyle.Any));
        Assert.Equal("abcDEF123", ChatCallIds.Fit("abcDEF123", CallIdStyle.NineLetters));
        Assert.Equal(ChatCallIds.Fit("call_1", CallIdStyle.NineLetters),
            ChatCallIds.Fit("call_1", CallIdStyle.NineLetters));
        Assert.NotEqual(ChatCallIds.Fit("call_1", CallIdStyle.NineLetters),
            ChatCallIds.Fit("call_2", CallIdStyle.NineLetters));
    }

    private static Task<JsonObject> BodyAsync(ChatFlavour flavour, GenerationSettings settings,
        IReadOnlyList<AIFunctionDeclaration>? tools = null) => Chunks.BodyAsync(
        new ProviderOptions { Wire = ProviderWire.Chat, Model = "m", Flavour = flavour },
        Chunks.Question with
        {
            Settings = settings,
            Tools = tools
            ?? [],
            CacheKey = flavour is ChatFlavour.OpenAI or ChatFlavour.Kimi && settings.Seed is null ? null
            : "c"
        });

    private static string Without(JsonObject body, params string[] names)
    {
        foreach (var name in names)
        {
            body.Remove(name);
        }

        return body.ToJsonString();
    }

    private sealed class Clock : AIFunctionDeclaration
    {
        public override string Name => "clock";

        public override JsonElement JsonSchema { get; } = JsonElement.Parse("""{"type":"object"}""");
    }
}
