using DurableChat.Chats;

namespace DurableChat.Providers.Tests.Verdicts;

/// <summary>What a provider gives of its thought.</summary>
internal enum Thought
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Data for itself only.</summary>
    Hidden,

    /// <summary>Text.</summary>
    Shown,
}

/// <summary>A row of the table: a provider, and how it says what all providers say.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Options">How it is reached.</param>
/// <param name="Thought">What it gives of its thought.</param>
/// <param name="Alive">What it sends while it thinks.</param>
/// <param name="Overflow">
/// What it answers where the prompt is too long: a status, 200 for an error inside the stream, and a body.
/// </param>
/// <param name="Usage">What an answer costs, as it says.</param>
internal sealed record TestedProvider(
    string Name, ProviderOptions Options, Thought Thought, string Alive, IReadOnlyList<(int Status, string Body)> Overflow, TokenUsage Usage)
{
    private const string Comment = ": keep-alive\n\n";

    /// <summary>Settings with which it thinks; null for the usual ones.</summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>All rows.</summary>
    public static IReadOnlyList<TestedProvider> All { get; } =
    [
        new(
            "OpenAI, Responses", Of(ProviderWire.Responses, ChatFlavour.Auto, "gpt-6-astra"), Thought.Shown, "event: keepalive\ndata: {\"type\":\"keepalive\"}\n\n",
            [
                (400, """{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}"""),
                (200, "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"Your input exceeds the context window.\"}}}\n\n"),
            ],
            Full),
        new("OpenAI, Chat Completions (gpt-4o-mini)", Of(ProviderWire.Chat, ChatFlavour.OpenAI, "gpt-4o-mini"), Thought.None, Comment, [OfOpenAI], Full with { ReasoningTokens = null }),
        new("Anthropic, Claude 4.5", Of(ProviderWire.Messages, ChatFlavour.Auto, "claude-sonnet-4-5"), Thought.Shown, Ping, OfAnthropic, Full)
        {
            Settings = new GenerationSettings { ReasoningBudget = 4_096, ReasoningDisplay = "summary" },
        },
        new("Anthropic, Claude 5.5", Of(ProviderWire.Messages, ChatFlavour.Auto, "claude-sonnet-5-5"), Thought.Shown, Ping, OfAnthropic, Full),
        new("DeepSeek", Of(ProviderWire.Chat, ChatFlavour.DeepSeek, "deepseek-v4-flash"), Thought.Shown, Comment, [OfOpenAI], Full),
        new("Kimi", Of(ProviderWire.Chat, ChatFlavour.Kimi, "kimi-k3"), Thought.Shown, Comment,
            [(400, """{"error":{"message":"Invalid request: Your request exceeded model token limit: 262144","type":"invalid_request_error"}}""")],
            Full with { ReasoningTokens = null }),
        new("Gemini", Of(ProviderWire.Chat, ChatFlavour.Gemini, "gemini-3.1-pro"), Thought.Hidden, Comment,
            [(400, """[{"error":{"code":400,"message":"The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]""")],
            Plain),
        new("OpenRouter, Claude", Of(ProviderWire.Chat, ChatFlavour.OpenRouter, "anthropic/claude-sonnet-5.5"), Thought.Shown, OfOpenRouter, OverflowOfOpenRouter, Full with { Cost = 0.0123m }),
        new("OpenRouter, Gemini", Of(ProviderWire.Chat, ChatFlavour.OpenRouter, "google/gemini-3.1-pro"), Thought.Shown, OfOpenRouter, OverflowOfOpenRouter, Full with { Cost = 0.0123m }),
        new("Mistral", Of(ProviderWire.Chat, ChatFlavour.Mistral, "magistral-medium"), Thought.Shown, Comment,
            [(400, """{"object":"error","message":"Prompt contains 200000 tokens and 0 draft tokens, too large for model with 131072 maximum context length","type":"invalid_request_prompt"}""")],
            Plain),
        new("Groq", Of(ProviderWire.Chat, ChatFlavour.Groq, "openai/gpt-oss-120b"), Thought.Shown, Comment,
            [(400, """{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","code":"context_length_exceeded"}}""")],
            Plain),
        new("vLLM", Of(ProviderWire.Chat, ChatFlavour.Vllm, "qwen3"), Thought.Shown, Comment,
            [
                (400, """{"object":"error","message":"This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.","type":"BadRequestError","param":null,"code":400}"""),
                (200, "data: {\"error\":{\"message\":\"This model's maximum context length is 8192 tokens.\",\"type\":\"BadRequestError\",\"code\":400}}\n\n"),
            ],
            Plain),
        new("Ollama", Of(ProviderWire.Chat, ChatFlavour.Ollama, "qwen3"), Thought.Shown, Comment,
            [(400, """{"error":{"message":"the input length exceeds the context length","type":"invalid_request_error","param":null,"code":null}}""")],
            Plain),
        new("LM Studio", Of(ProviderWire.Chat, ChatFlavour.LMStudio, "qwen3"), Thought.Shown, Comment,
            [(400, """{"error":"Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 8192 tokens, which is not enough."}""")],
            Plain),
    ];

    private static (int, string) OfOpenAI =>
        (400, """{"error":{"message":"This model's maximum context length is 128000 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""");

    private static (int, string)[] OfAnthropic =>
    [
        (400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 1200000 tokens > 1000000 maximum"}}"""),
        (413, """{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"""),
        (200, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 1200000 tokens > 1000000 maximum\"}}\n\n"),
    ];

    private static (int, string)[] OverflowOfOpenRouter =>
    [
        (400, """{"error":{"message":"This endpoint's maximum context length is 200000 tokens. However, you requested about 300000 tokens.","code":400}}"""),
        (200, "data: {\"error\":{\"code\":400,\"message\":\"This endpoint's maximum context length is 200000 tokens.\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n"),
    ];

    private static string Ping => "event: ping\ndata: {\"type\": \"ping\"}\n\n";

    private static string OfOpenRouter => ": OPENROUTER PROCESSING\n\n";

    private static TokenUsage Plain => new(12, 7);

    private static TokenUsage Full => new(12, 7) { CacheReadTokens = 4, ReasoningTokens = 3 };

    private static ProviderOptions Of(ProviderWire wire, ChatFlavour flavour, string model) => new()
    {
        Wire = wire,
        Flavour = flavour,
        Model = model,
        Key = "k",
        Endpoint = new Uri("http://provider.test/v1"),
    };
}
