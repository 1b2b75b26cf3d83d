using System.Text.Json;

namespace DurableChat.Client;

/// <summary>
/// How a model is to answer. What is null is left to the chat, and then to the model. A server refuses what the model
/// does not allow: see <see cref="ModelInfo.Allow"/>. Immutable.
/// </summary>
public sealed record ChatSettings
{
    /// <summary>How much it thinks, e.g. <c>low</c>, <c>medium</c>, <c>high</c>.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>How many tokens it may spend on thought, for providers that count them.</summary>
    public int? ReasoningBudget { get; init; }

    /// <summary>How its thought is shown: <c>summary</c> or <c>omitted</c>.</summary>
    public string? ReasoningDisplay { get; init; }

    /// <summary>The sampling temperature; 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus sampling; 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>How many of the likeliest tokens are sampled from.</summary>
    public int? TopK { get; init; }

    /// <summary>Makes answers repeatable, as far as the provider can.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts at which the answer stops.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>How many tokens the answer may have, thought included.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>
    /// The form of the answer: <c>{"type":"json_object"}</c>, or <c>{"type":"json_schema","name":…,"schema":…}</c>.
    /// </summary>
    public JsonElement? ResponseFormat { get; init; }

    /// <summary>
    /// Which tools it may call: <c>auto</c>, <c>none</c>, <c>required</c>, or the name of the one that it must call
    /// first.
    /// </summary>
    public string? ToolChoice { get; init; }

    /// <summary>Whether an answer may call several tools.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>Whether it is offered tools.</summary>
    public bool? Tools { get; init; }

    /// <summary>Whether the server's built-in tools are among those that it is offered.</summary>
    public bool? BuiltInTools { get; init; }

    /// <summary>The provider's service tier.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Whether the provider is asked to cache the prompt.</summary>
    public bool? Cache { get; init; }
}
