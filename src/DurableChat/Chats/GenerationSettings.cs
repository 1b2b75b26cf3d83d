using System.Text.Json;

namespace DurableChat.Chats;

/// <summary>Settings for how a model answers. The provider decides whatever is null. Immutable.</summary>
public sealed record GenerationSettings
{
    /// <summary>
    /// How much the model reasons: <c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>,
    /// <c>max</c>, or a provider-specific value.
    /// </summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>How many tokens the model may spend on reasoning, for providers with such a limit.</summary>
    public int? ReasoningBudget { get; init; }

    /// <summary>How reasoning is shown: <c>summary</c> or <c>omitted</c>.</summary>
    public string? ReasoningDisplay { get; init; }

    /// <summary>The sampling temperature. 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>The nucleus sampling threshold (top-p). 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>How many of the most likely tokens are sampled from (top-k). At least 1.</summary>
    public int? TopK { get; init; }

    /// <summary>The random seed. Makes answers repeatable, as far as the provider supports it.</summary>
    public long? Seed { get; init; }

    /// <summary>Stop sequences: the answer ends before any of these texts.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>The maximum number of tokens of an answer, including reasoning. At least 1.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>
    /// The form of the answer: <c>{"type":"text"}</c>, <c>{"type":"json_object"}</c>, or
    /// <c>{"type":"json_schema","name":…,"schema":…,"strict":…}</c>.
    /// </summary>
    public JsonElement? ResponseFormat { get; init; }

    /// <summary>
    /// Which tools the model may call: <c>auto</c>, <c>none</c>, <c>required</c>, or the name of a tool that it must
    /// call. A forced call applies once: the later model calls of the turn may answer freely.
    /// </summary>
    public string? ToolChoice { get; init; }

    /// <summary>Whether one answer may call several tools.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>Whether tools are offered to the model. Default true.</summary>
    public bool? Tools { get; init; }

    /// <summary>Whether built-in tools, such as <c>current_time</c>, are offered to the model. Default true.</summary>
    public bool? BuiltInTools { get; init; }

    /// <summary>The provider's service tier.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>
    /// Whether the server asks the provider to cache the prompt, for providers that cache only on request. Default
    /// true.
    /// </summary>
    public bool? Cache { get; init; }

    /// <summary>False if a value is missing, or if a number cannot be written as JSON.</summary>
    internal bool IsWhole =>
        double.IsFinite(Temperature ?? 0) && double.IsFinite(TopP ?? 0) && Stop?.Contains(null!) != true;

    /// <summary>True if both have the same values.</summary>
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
    /// These settings, overridden by <paramref name="over"/>. Effort and budget are two ways to set the same thing, and
    /// providers reject both together or prefer one. So settings that contain either of them replace both.
    /// </summary>
    /// <param name="over">The settings that take precedence. Null for none.</param>
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

    /// <summary>True if both have the same values.</summary>
    internal static bool AreSame(GenerationSettings? one, GenerationSettings? other) => OrNull(one) == OrNull(other);

    /// <summary>The approximate size in memory or in a row, in characters.</summary>
    internal static long SizeOf(GenerationSettings? settings) => settings is null ? 0
        : 128
            + (settings.Stop?.Sum(text => (long)text.Length) ?? 0)
            + (settings.ResponseFormat?.GetRawText().Length ?? 0)
            + (settings.ReasoningEffort?.Length ?? 0)
            + (settings.ReasoningDisplay?.Length ?? 0)
            + (settings.ToolChoice?.Length ?? 0)
            + (settings.ServiceTier?.Length ?? 0);

    /// <summary>The settings, or null if nothing is set: empty settings are not stored.</summary>
    internal static GenerationSettings? OrNull(GenerationSettings? settings) =>
        settings is null or { IsEmpty: true } ? null : settings;
}
