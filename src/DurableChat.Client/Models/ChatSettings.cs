using System.Text.Json;

namespace DurableChat.Client;

/// <summary>
/// Settings for how a model answers. The chat's settings, then the model's, apply to whatever is null. A server refuses
/// settings that the model does not allow: see <see cref="ModelInfo.Allow"/>. Immutable.
/// </summary>
public sealed record ChatSettings
{
    /// <summary>How much the model reasons, e.g. <c>low</c>, <c>medium</c>, <c>high</c>.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>How many tokens the model may spend on reasoning, for providers with such a limit.</summary>
    public int? ReasoningBudget { get; init; }

    /// <summary>How reasoning is shown: <c>summary</c> or <c>omitted</c>.</summary>
    public string? ReasoningDisplay { get; init; }

    /// <summary>The sampling temperature. 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>The nucleus sampling threshold (top-p). 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>How many of the most likely tokens are sampled from (top-k).</summary>
    public int? TopK { get; init; }

    /// <summary>The random seed. Makes answers repeatable, as far as the provider supports it.</summary>
    public long? Seed { get; init; }

    /// <summary>Stop sequences: the answer ends before any of these texts.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>The maximum number of tokens of the answer, including reasoning.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>
    /// The form of the answer: <c>{"type":"json_object"}</c>, or <c>{"type":"json_schema","name":…,"schema":…}</c>.
    /// </summary>
    public JsonElement? ResponseFormat { get; init; }

    /// <summary>
    /// Which tools the model may call: <c>auto</c>, <c>none</c>, <c>required</c>, or the name of the tool that it must
    /// call first.
    /// </summary>
    public string? ToolChoice { get; init; }

    /// <summary>Whether one answer may call several tools.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>Whether tools are offered to the model.</summary>
    public bool? Tools { get; init; }

    /// <summary>Whether the server's built-in tools are offered to the model.</summary>
    public bool? BuiltInTools { get; init; }

    /// <summary>The provider's service tier.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Whether the server asks the provider to cache the prompt.</summary>
    public bool? Cache { get; init; }
}
