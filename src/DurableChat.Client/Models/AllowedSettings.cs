namespace DurableChat.Client;

/// <summary>
/// The settings of a model that requests may choose. Requests may not set those that are null or false here. Immutable.
/// </summary>
public sealed record AllowedSettings
{
    /// <summary>The allowed values of <see cref="ChatSettings.ReasoningEffort"/>.</summary>
    public IReadOnlyList<string>? ReasoningEffort { get; init; }

    /// <summary>The allowed range of <see cref="ChatSettings.ReasoningBudget"/>.</summary>
    public SettingBounds? ReasoningBudget { get; init; }

    /// <summary>The allowed values of <see cref="ChatSettings.ReasoningDisplay"/>.</summary>
    public IReadOnlyList<string>? ReasoningDisplay { get; init; }

    /// <summary>The allowed range of <see cref="ChatSettings.Temperature"/>.</summary>
    public SettingBounds? Temperature { get; init; }

    /// <summary>The allowed range of <see cref="ChatSettings.TopP"/>.</summary>
    public SettingBounds? TopP { get; init; }

    /// <summary>The allowed range of <see cref="ChatSettings.TopK"/>.</summary>
    public SettingBounds? TopK { get; init; }

    /// <summary>Whether requests may set <see cref="ChatSettings.Seed"/>.</summary>
    public bool Seed { get; init; }

    /// <summary>Whether requests may set <see cref="ChatSettings.Stop"/>.</summary>
    public bool Stop { get; init; }

    /// <summary>The allowed range of <see cref="ChatSettings.MaxOutputTokens"/>.</summary>
    public SettingBounds? MaxOutputTokens { get; init; }

    /// <summary>Whether requests may set <see cref="ChatSettings.ResponseFormat"/>.</summary>
    public bool ResponseFormat { get; init; }

    /// <summary>Whether requests may set <see cref="ChatSettings.ToolChoice"/>.</summary>
    public bool ToolChoice { get; init; }

    /// <summary>Whether requests may set <see cref="ChatSettings.ParallelToolCalls"/>.</summary>
    public bool ParallelToolCalls { get; init; }

    /// <summary>Whether requests may set <see cref="ChatSettings.Tools"/>.</summary>
    public bool Tools { get; init; }

    /// <summary>Whether requests may set <see cref="ChatSettings.BuiltInTools"/>.</summary>
    public bool BuiltInTools { get; init; }

    /// <summary>The allowed values of <see cref="ChatSettings.ServiceTier"/>.</summary>
    public IReadOnlyList<string>? ServiceTier { get; init; }

    /// <summary>Whether requests may set <see cref="ChatSettings.Cache"/>.</summary>
    public bool Cache { get; init; }
}

/// <summary>The range in which a setting may be chosen.</summary>
/// <param name="Min">The minimum.</param>
/// <param name="Max">The maximum.</param>
public sealed record SettingBounds(double Min, double Max);
