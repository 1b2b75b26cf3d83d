using System.Text.Json;

namespace DurableChat.Chats;

/// <summary>How a model is to answer. What is null is left to the provider. Immutable.</summary>
public sealed record GenerationSettings
{
    /// <summary>
    /// How much the model thinks: <c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>,
    /// <c>max</c>, or a provider's own word.
    /// </summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>How many tokens the model may spend on thought, for providers that count them.</summary>
    public int? ReasoningBudget { get; init; }

    /// <summary>How thought is shown: <c>summary</c> or <c>omitted</c>.</summary>
    public string? ReasoningDisplay { get; init; }

    /// <summary>The sampling temperature; 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus sampling; 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>How many of the likeliest tokens are sampled from; from 1.</summary>
    public int? TopK { get; init; }

    /// <summary>Makes answers repeatable, as far as the provider can.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts at which the answer stops.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>How many tokens an answer may have, thought included; from 1.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>
    /// The form of the answer: <c>{"type":"text"}</c>, <c>{"type":"json_object"}</c>, or
    /// <c>{"type":"json_schema","name":…,"schema":…,"strict":…}</c>.
    /// </summary>
    public JsonElement? ResponseFormat { get; init; }

    /// <summary>
    /// Which tools the model may call: <c>auto</c>, <c>none</c>, <c>required</c>, or the name of the one that it must
    /// call. What it must call, it must call once: the later model calls of the turn are free to answer.
    /// </summary>
    public string? ToolChoice { get; init; }

    /// <summary>Whether an answer may call several tools.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>Whether the model is offered tools. Default true.</summary>
    public bool? Tools { get; init; }

    /// <summary>
    /// Whether the tools that are built in, such as <c>current_time</c>, are among those that the model is offered.
    /// Default true.
    /// </summary>
    public bool? BuiltInTools { get; init; }

    /// <summary>The provider's service tier.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Whether the provider is asked to cache the prompt, where it has to be asked. Default true.</summary>
    public bool? Cache { get; init; }

    /// <summary>True if nothing is missing, and every number is one that JSON can say.</summary>
    internal bool IsWhole =>
        double.IsFinite(Temperature ?? 0) && double.IsFinite(TopP ?? 0) && Stop?.Contains(null!) != true;

    /// <summary>True if both set the same to the same.</summary>
    public bool Equals(GenerationSettings? other) => other is not null
        && Words == other.Words
        && Numbers == other.Numbers
        && Flags == other.Flags
        && Stop is null == other.Stop is null
        && (Stop ?? []).SequenceEqual(other.Stop ?? [], StringComparer.Ordinal)
        && ResponseFormat?.GetRawText() == other.ResponseFormat?.GetRawText();

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Words, Numbers, Flags);

    /// <summary>True if nothing is set.</summary>
    internal bool IsEmpty =>
        Stop is null && ResponseFormat is null && Words == default && Numbers == default && Flags == default;

    private (string?, string?, string?, string?) Words => (ReasoningEffort, ReasoningDisplay, ToolChoice, ServiceTier);

    private (int?, double?, double?, int?, long?, int?) Numbers =>
        (ReasoningBudget, Temperature, TopP, TopK, Seed, MaxOutputTokens);

    private (bool?, bool?, bool?, bool?) Flags => (ParallelToolCalls, Tools, BuiltInTools, Cache);

    /// <summary>
    /// These settings where the others are silent. Effort and budget say the same thing in two ways, and providers
    /// refuse both or prefer one: so what says either of them says both.
    /// </summary>
    /// <param name="over">The settings that win; null for none.</param>
    public GenerationSettings With(GenerationSettings? over)
    {
        if (over is null)
        {
            return this;
        }

        var reasoning = over is { ReasoningEffort: null, ReasoningBudget: null } ? this : over;
        return new GenerationSettings
        {
            ReasoningEffort = reasoning.ReasoningEffort,
            ReasoningBudget = reasoning.ReasoningBudget,
            ReasoningDisplay = over.ReasoningDisplay ?? ReasoningDisplay,
            Temperature = over.Temperature ?? Temperature,
            TopP = over.TopP ?? TopP,
            TopK = over.TopK ?? TopK,
            Seed = over.Seed ?? Seed,
            Stop = over.Stop ?? Stop,
            MaxOutputTokens = over.MaxOutputTokens ?? MaxOutputTokens,
            ResponseFormat = over.ResponseFormat ?? ResponseFormat,
            ToolChoice = over.ToolChoice ?? ToolChoice,
            ParallelToolCalls = over.ParallelToolCalls ?? ParallelToolCalls,
            Tools = over.Tools ?? Tools,
            BuiltInTools = over.BuiltInTools ?? BuiltInTools,
            ServiceTier = over.ServiceTier ?? ServiceTier,
            Cache = over.Cache ?? Cache,
        };
    }

    /// <summary>True if both say the same.</summary>
    internal static bool AreSame(GenerationSettings? one, GenerationSettings? other) => OrNull(one) == OrNull(other);

    /// <summary>About what they take in memory or in a row, in characters.</summary>
    internal static long SizeOf(GenerationSettings? settings) => settings is null ? 0
        : 128
            + (settings.Stop?.Sum(text => (long)text.Length) ?? 0)
            + (settings.ResponseFormat?.GetRawText().Length ?? 0)
            + (settings.ReasoningEffort?.Length ?? 0)
            + (settings.ReasoningDisplay?.Length ?? 0)
            + (settings.ToolChoice?.Length ?? 0)
            + (settings.ServiceTier?.Length ?? 0);

    /// <summary>The settings, or null if nothing is set: what says nothing is not worth storing.</summary>
    internal static GenerationSettings? OrNull(GenerationSettings? settings) =>
        settings is null or { IsEmpty: true } ? null : settings;
}
