using System.ComponentModel.DataAnnotations;

namespace DurableChat.Server.Models;

/// <summary>One model of the configuration section <c>Models</c>.</summary>
internal sealed class ModelSettings
{
    /// <summary>The name that chats refer to it by.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// <c>demo</c>, or the provider: <c>openai</c>, <c>anthropic</c>, <c>deepseek</c>, <c>kimi</c>, <c>gemini</c>,
    /// <c>openrouter</c>, <c>mistral</c>, <c>groq</c>, <c>ollama</c>, <c>lmstudio</c>, <c>vllm</c>. <c>openai</c> with
    /// an <c>Endpoint</c> is any server with the Chat Completions API.
    /// </summary>
    public string? Provider { get; set; }

    /// <summary>The provider's name of the model.</summary>
    public string? Model { get; set; }

    /// <summary>
    /// The base address of the API, e.g. <c>http://localhost:11434/v1</c>, with or without the version. Defaults to the
    /// provider's own.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>
    /// The protocol: <c>responses</c>, <c>chat</c> or <c>messages</c>. Defaults to the provider's: Responses for
    /// OpenAI's own endpoint, Messages for Anthropic, Chat Completions elsewhere.
    /// </summary>
    public string? Api { get; set; }

    /// <summary>The API key. Prefer <see cref="ApiKeyVariable"/> to a key in a file.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The environment variable that contains the API key.</summary>
    public string? ApiKeyVariable { get; set; }

    /// <summary>A description for people.</summary>
    public string? Description { get; set; }

    /// <summary>Headers that are added to the usual ones or replace them.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>Query fields that are added to the address.</summary>
    public Dictionary<string, string> Query { get; set; } = [];

    /// <summary>
    /// A JSON object, as text, whose members are merged into the body of each request. They take precedence over all
    /// other settings.
    /// </summary>
    public string? ExtraBody { get; set; }

    /// <summary>
    /// The field that limits an answer's tokens, which differs between Chat Completions servers: <c>max_tokens</c> or
    /// <c>max_completion_tokens</c>.
    /// </summary>
    public string? MaxTokensField { get; set; }

    /// <summary>Whether text between &lt;think&gt; tags is reasoning, for servers that do not separate it.</summary>
    public bool ParsesThinkTags { get; set; }

    /// <summary>
    /// How much the model thinks: <c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>,
    /// <c>max</c>, or a value of the provider.
    /// </summary>
    public string? ReasoningEffort { get; set; }

    /// <summary>How many tokens the model may spend on thinking, for providers with such a budget.</summary>
    [Range(0, int.MaxValue)]
    public int? ReasoningBudget { get; set; }

    /// <summary>How thinking is shown: <c>summary</c> or <c>omitted</c>.</summary>
    [AllowedValues(null, "summary", "omitted")]
    public string? ReasoningDisplay { get; set; }

    /// <summary>The sampling temperature.</summary>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>The probability mass of nucleus sampling.</summary>
    [Range(0.0, 1.0)]
    public double? TopP { get; set; }

    /// <summary>From how many of the most likely tokens the model samples.</summary>
    [Range(1, int.MaxValue)]
    public int? TopK { get; set; }

    /// <summary>Makes answers repeatable, as far as the provider supports that.</summary>
    public long? Seed { get; set; }

    /// <summary>Texts at which an answer stops.</summary>
    public string[]? Stop { get; set; }

    /// <summary>
    /// How many tokens an answer may have, including thinking. Defaults to the provider's own limit; to 32,000 for
    /// Anthropic, which requires a limit.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? MaxOutputTokens { get; set; }

    /// <summary>
    /// The response format, a JSON object as text: <c>{"type":"json_object"}</c>, or
    /// <c>{"type":"json_schema","name":…,"schema":…}</c>.
    /// </summary>
    public string? ResponseFormat { get; set; }

    /// <summary>
    /// Which tools the model may call: <c>auto</c>, <c>none</c>, <c>required</c>, or the name of the only tool, which
    /// it must call.
    /// </summary>
    public string? ToolChoice { get; set; }

    /// <summary>Whether an answer may call several tools.</summary>
    public bool? ParallelToolCalls { get; set; }

    /// <summary>Whether the model is offered tools. Set it to false for a model that cannot call tools.</summary>
    public bool? Tools { get; set; }

    /// <summary>
    /// Whether the model is also offered the built-in tools, such as <c>current_time</c>. Default true.
    /// </summary>
    public bool? BuiltInTools { get; set; }

    /// <summary>The provider's service tier.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>Whether the provider is asked to cache the prompt, if it requires a request. Default true.</summary>
    public bool? Cache { get; set; }

    /// <summary>Which settings chats and messages may choose, each within its range. Default none.</summary>
    public AllowSettings Allow { get; set; } = new();

    /// <summary>
    /// How long the provider may send no bytes, not even keep-alives. Defaults to
    /// <c>DurableChat:Worker:ModelSilence</c>.
    /// </summary>
    public TimeSpan? Silence { get; set; }

    /// <summary>
    /// How long the provider may send nothing but keep-alives. Defaults to
    /// <c>DurableChat:Worker:ModelContentSilence</c>.
    /// </summary>
    public TimeSpan? ContentSilence { get; set; }

    /// <summary>How long an answer may take. Defaults to <c>DurableChat:Worker:MaxAnswerTime</c>.</summary>
    public TimeSpan? MaxAnswerTime { get; set; }

    /// <summary>
    /// How many tokens the model can process, input and output together. A history that may be longer is cut to fit.
    /// Without it, only <c>DurableChat:Worker:MaxHistoryBytes</c> applies.
    /// </summary>
    [Range(256, 100_000_000)]
    public int? ContextTokens { get; set; }

    /// <summary>
    /// How often a failing call is attempted. At most <c>DurableChat:Worker:MaxAttempts</c>, which is also the default.
    /// </summary>
    [Range(1, 100)]
    public int? MaxAttempts { get; set; }

    /// <summary>
    /// The <c>Name</c> of the model that answers once all attempts of this one have failed. It may have a fallback of
    /// its own; a chain has up to four models.
    /// </summary>
    public string? Fallback { get; set; }

    /// <summary>
    /// The codes of the errors after which the fallback answers. Defaults to <c>model_unreachable</c>,
    /// <c>model_unavailable</c>, <c>model_rate_limited</c>, <c>model_quota</c> and <c>model_timeout</c>.
    /// </summary>
    public string[]? FallbackAfter { get; set; }

    /// <summary>For <c>demo</c>: the pause between two words, in milliseconds. Default 40.</summary>
    [Range(0, 60_000)]
    public int DelayMs { get; set; } = 40;

    /// <summary>The key, directly or from the environment variable.</summary>
    public string? FindKey() => string.IsNullOrEmpty(ApiKey) && !string.IsNullOrEmpty(ApiKeyVariable)
        ? Environment.GetEnvironmentVariable(ApiKeyVariable)
        : ApiKey;
}
