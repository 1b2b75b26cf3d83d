namespace DurableChat.Client;

/// <summary>
/// Which settings requests may choose for a model: what is null or false here they may not. Immutable.
/// </summary>
public sealed record AllowedSettings
{
    /// <summary>The words of <see cref="ChatSettings.ReasoningEffort"/>.</summary>
    public IReadOnlyList<string>? ReasoningEffort { get; init; }

    /// <summary>The bounds of <see cref="ChatSettings.ReasoningBudget"/>.</summary>
    public SettingBounds? ReasoningBudget { get; init; }

    /// <summary>The words of <see cref="ChatSettings.ReasoningDisplay"/>.</summary>
    public IReadOnlyList<string>? ReasoningDisplay { get; init; }

    /// <summary>The bounds of <see cref="ChatSettings.Temperature"/>.</summary>
    public SettingBounds? Temperature { get; init; }

    /// <summary>The bounds of <see cref="ChatSettings.TopP"/>.</summary>
    public SettingBounds? TopP { get; init; }

    /// <summary>The bounds of <see cref="ChatSettings.TopK"/>.</summary>
    public SettingBounds? TopK { get; init; }

    /// <summary>Whether <see cref="ChatSettings.Seed"/> may be chosen.</summary>
    public bool Seed { get; init; }

    /// <summary>Whether <see cref="ChatSettings.Stop"/> may be chosen.</summary>
    public bool Stop { get; init; }

    /// <summary>The bounds of <see cref="ChatSettings.MaxOutputTokens"/>.</summary>
    public SettingBounds? MaxOutputTokens { get; init; }

    /// <summary>Whether <see cref="ChatSettings.ResponseFormat"/> may be chosen.</summary>
    public bool ResponseFormat { get; init; }

    /// <summary>Whether <see cref="ChatSettings.ToolChoice"/> may be chosen.</summary>
    public bool ToolChoice { get; init; }

    /// <summary>Whether <see cref="ChatSettings.ParallelToolCalls"/> may be chosen.</summary>
    public bool ParallelToolCalls { get; init; }

    /// <summary>Whether <see cref="ChatSettings.Tools"/> may be chosen.</summary>
    public bool Tools { get; init; }

    /// <summary>Whether <see cref="ChatSettings.BuiltInTools"/> may be chosen.</summary>
    public bool BuiltInTools { get; init; }

    /// <summary>The words of <see cref="ChatSettings.ServiceTier"/>.</summary>
    public IReadOnlyList<string>? ServiceTier { get; init; }

    /// <summary>Whether <see cref="ChatSettings.Cache"/> may be chosen.</summary>
    public bool Cache { get; init; }
}

/// <summary>Between which numbers a setting may be chosen.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The most.</param>
public sealed record SettingBounds(double Min, double Max);
