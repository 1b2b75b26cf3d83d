using DurableChat.Models;

namespace DurableChat.Server.Models;

/// <summary>
/// Which settings chats and messages may choose for a model. Settings that are not named here are not allowed.
/// </summary>
internal sealed class AllowSettings
{
    /// <summary>Whether requests may choose the model itself. False for a model that is only a fallback.</summary>
    public bool Model { get; set; } = true;

    /// <summary>The allowed values of <c>ReasoningEffort</c>, e.g. <c>low</c>, <c>medium</c>, <c>high</c>.</summary>
    public string[]? ReasoningEffort { get; set; }

    /// <summary>The allowed range of <c>ReasoningBudget</c>.</summary>
    public BoundsSettings? ReasoningBudget { get; set; }

    /// <summary>The allowed values of <c>ReasoningDisplay</c>: <c>summary</c>, <c>omitted</c>.</summary>
    public string[]? ReasoningDisplay { get; set; }

    /// <summary>The allowed range of <c>Temperature</c>.</summary>
    public BoundsSettings? Temperature { get; set; }

    /// <summary>The allowed range of <c>TopP</c>.</summary>
    public BoundsSettings? TopP { get; set; }

    /// <summary>The allowed range of <c>TopK</c>.</summary>
    public BoundsSettings? TopK { get; set; }

    /// <summary>Whether <c>Seed</c> may be chosen.</summary>
    public bool Seed { get; set; }

    /// <summary>Whether <c>Stop</c> may be chosen: 1 to 4 texts of 1 to 64 characters.</summary>
    public bool Stop { get; set; }

    /// <summary>The allowed range of <c>MaxOutputTokens</c>.</summary>
    public BoundsSettings? MaxOutputTokens { get; set; }

    /// <summary>Whether <c>ResponseFormat</c> may be chosen: at most 16 KiB, nested no deeper than 16 levels.</summary>
    public bool ResponseFormat { get; set; }

    /// <summary>Whether <c>ToolChoice</c> may be chosen.</summary>
    public bool ToolChoice { get; set; }

    /// <summary>Whether <c>ParallelToolCalls</c> may be chosen.</summary>
    public bool ParallelToolCalls { get; set; }

    /// <summary>Whether <c>Tools</c> may be chosen.</summary>
    public bool Tools { get; set; }

    /// <summary>Whether <c>BuiltInTools</c> may be chosen.</summary>
    public bool BuiltInTools { get; set; }

    /// <summary>The allowed values of <c>ServiceTier</c>.</summary>
    public string[]? ServiceTier { get; set; }

    /// <summary>Whether <c>Cache</c> may be chosen.</summary>
    public bool Cache { get; set; }

    /// <summary>Converts the section.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A range is empty.</exception>
    public AllowedSettings ToAllowed() => new()
    {
        ReasoningEffort = ReasoningEffort,
        ReasoningBudget = ReasoningBudget?.ToBounds(),
        ReasoningDisplay = ReasoningDisplay,
        Temperature = Temperature?.ToBounds(),
        TopP = TopP?.ToBounds(),
        TopK = TopK?.ToBounds(),
        Seed = Seed,
        Stop = Stop,
        MaxOutputTokens = MaxOutputTokens?.ToBounds(),
        ResponseFormat = ResponseFormat,
        ToolChoice = ToolChoice,
        ParallelToolCalls = ParallelToolCalls,
        Tools = Tools,
        BuiltInTools = BuiltInTools,
        ServiceTier = ServiceTier,
        Cache = Cache,
    };
}
