using System.ComponentModel.DataAnnotations;

namespace DurableChat.Server.Models;

/// <summary>One model of the configuration section <c>Models</c>.</summary>
internal sealed class ModelSettings
{
    /// <summary>What chats name it by.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// <c>demo</c>, or who serves it: <c>openai</c>, <c>anthropic</c>, <c>deepseek</c>, <c>kimi</c>, <c>gemini</c>, <c>openrouter</c>, <c>mistral</c>, <c>groq</c>, <c>ollama</c>, <c>lmstudio</c>,
    /// <c>vllm</c>. <c>openai</c> with an <c>Endpoint</c> is any server that speaks Chat Completions.
    /// </summary>
    public string? Provider { get; set; }

    /// <summary>The provider's name of the model.</summary>
    public string? Model { get; set; }

    /// <summary>The base address of the API, e.g. <c>http://localhost:11434/v1</c>, with or without the version. Defaults to the provider's own.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The protocol: <c>responses</c>, <c>chat</c> or <c>messages</c>. Defaults to the provider's: Responses for OpenAI's own endpoint, Messages for Anthropic, Chat Completions elsewhere.</summary>
    public string? Api { get; set; }

    /// <summary>The key. Better not in a file: see <see cref="ApiKeyVariable"/>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The environment variable that holds the key.</summary>
    public string? ApiKeyVariable { get; set; }

    /// <summary>What it is, for people.</summary>
    public string? Description { get; set; }

    /// <summary>Headers that are sent beside the usual ones, or instead of them.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>Query fields that are added to the address.</summary>
    public Dictionary<string, string> Query { get; set; } = [];

    /// <summary>A JSON object, as text, whose members are merged into the body of each request. They win over all other settings.</summary>
    public string? ExtraBody { get; set; }

    /// <summary>The field that limits the tokens of an answer, where Chat Completions servers disagree: <c>max_tokens</c> or <c>max_completion_tokens</c>.</summary>
    public string? MaxTokensField { get; set; }

    /// <summary>Whether text between &lt;think&gt; tags is reasoning, for servers that do not separate it.</summary>
    public bool ParsesThinkTags { get; set; }

    /// <summary>How much it thinks: <c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>, <c>max</c>, or the provider's own word.</summary>
    public string? ReasoningEffort { get; set; }

    /// <summary>How many tokens it may spend on thought, for providers that count them.</summary>
    [Range(0, int.MaxValue)]
    public int? ReasoningBudget { get; set; }

    /// <summary>How its thought is shown: <c>summary</c> or <c>omitted</c>.</summary>
    [AllowedValues(null, "summary", "omitted")]
    public string? ReasoningDisplay { get; set; }

    /// <summary>The sampling temperature.</summary>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>Nucleus sampling.</summary>
    [Range(0.0, 1.0)]
    public double? TopP { get; set; }

    /// <summary>How many of the likeliest tokens are sampled from.</summary>
    [Range(1, int.MaxValue)]
    public int? TopK { get; set; }

    /// <summary>Makes answers repeatable, as far as the provider can.</summary>
    public long? Seed { get; set; }

    /// <summary>Texts at which an answer stops.</summary>
    public string[]? Stop { get; set; }

    /// <summary>How many tokens an answer may have, thought included. Defaults to the provider's own limit; to 32,000 for Anthropic, which wants a number.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxOutputTokens { get; set; }

    /// <summary>The form of answers, a JSON object as text: <c>{"type":"json_object"}</c>, or <c>{"type":"json_schema","name":…,"schema":…}</c>.</summary>
    public string? ResponseFormat { get; set; }

    /// <summary>Which tools it may call: <c>auto</c>, <c>none</c>, <c>required</c>, or the name of the one that it must call.</summary>
    public string? ToolChoice { get; set; }

    /// <summary>Whether an answer may call several tools.</summary>
    public bool? ParallelToolCalls { get; set; }

    /// <summary>Whether it is offered tools. Set it to false for a model that cannot call any.</summary>
    public bool? Tools { get; set; }

    /// <summary>
    /// Whether the tools that are built in, such as <c>current_time</c>, are among those that it is offered. Default
    /// true.
    /// </summary>
    public bool? BuiltInTools { get; set; }

    /// <summary>The provider's service tier.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>Whether the provider is asked to cache the prompt, where it has to be asked. Default true.</summary>
    public bool? Cache { get; set; }

    /// <summary>Which settings chats and messages may choose, each within its bounds. Default: none.</summary>
    public AllowSettings Allow { get; set; } = new();

    /// <summary>How long it may send no byte, keep-alives included. Defaults to <c>DurableChat:Worker:ModelSilence</c>.</summary>
    public TimeSpan? Silence { get; set; }

    /// <summary>How long it may send nothing but keep-alives. Defaults to <c>DurableChat:Worker:ModelContentSilence</c>.</summary>
    public TimeSpan? ContentSilence { get; set; }

    /// <summary>How long an answer may take. Defaults to <c>DurableChat:Worker:MaxAnswerTime</c>.</summary>
    public TimeSpan? MaxAnswerTime { get; set; }

    /// <summary>How many tokens the model reads and writes at most. A history that may be longer is cut to what fits; left out, only <c>DurableChat:Worker:MaxHistoryBytes</c> counts.</summary>
    [Range(256, 100_000_000)]
    public int? ContextTokens { get; set; }

    /// <summary>How often a failed call is tried. At most <c>DurableChat:Worker:MaxAttempts</c>, which is also the default.</summary>
    [Range(1, 100)]
    public int? MaxAttempts { get; set; }

    /// <summary>The <c>Name</c> of the model that answers once the attempts of this one have failed. It may have a fallback of its own: up to four models may stand for one another.</summary>
    public string? Fallback { get; set; }

    /// <summary>
    /// The codes of the errors after which the fallback answers. Defaults to <c>model_unreachable</c>, <c>model_unavailable</c>, <c>model_rate_limited</c>, <c>model_quota</c> and
    /// <c>model_timeout</c>.
    /// </summary>
    public string[]? FallbackAfter { get; set; }

    /// <summary>For <c>demo</c>: the pause between two words, in milliseconds. Default 40.</summary>
    [Range(0, 60_000)]
    public int DelayMs { get; set; } = 40;

    /// <summary>The key, from wherever it is configured.</summary>
    public string? FindKey() => string.IsNullOrEmpty(ApiKey) && !string.IsNullOrEmpty(ApiKeyVariable) ? Environment.GetEnvironmentVariable(ApiKeyVariable) : ApiKey;
}
