using DurableChat.Models;

namespace DurableChat.Server.Models;

/// <summary>Which settings chats and messages may choose for a model. What is not named here they may not.</summary>
internal sealed class AllowSettings
{
    /// <summary>Whether requests may choose the model itself. False for one that only stands in for others.</summary>
    public bool Model { get; set; } = true;

    /// <summary>
    /// The words of <c>ReasoningEffort</c> that may be chosen, e.g. <c>low</c>, <c>medium</c>, <c>high</c>.
    /// </summary>
    public string[]? ReasoningEffort { get; set; }

    /// <summary>Between which numbers <c>ReasoningBudget</c> may be chosen.</summary>
    public BoundsSettings? ReasoningBudget { get; set; }

    /// <summary>The words of <c>ReasoningDisplay</c> that may be chosen: <c>summary</c>, <c>omitted</c>.</summary>
    public string[]? ReasoningDisplay { get; set; }

    /// <summary>Between which numbers <c>Temperature</c> may be chosen.</summary>
    public BoundsSettings? Temperature { get; set; }

    /// <summary>Between which numbers <c>TopP</c> may be chosen.</summary>
    public BoundsSettings? TopP { get; set; }

    /// <summary>Between which numbers <c>TopK</c> may be chosen.</summary>
    public BoundsSettings? TopK { get; set; }

    /// <summary>Whether <c>Seed</c> may be chosen.</summary>
    public bool Seed { get; set; }

    /// <summary>Whether <c>Stop</c> may be chosen: 1 to 4 texts of 1 to 64 characters.</summary>
    public bool Stop { get; set; }

    /// <summary>Between which numbers <c>MaxOutputTokens</c> may be chosen.</summary>
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

    /// <summary>The words of <c>ServiceTier</c> that may be chosen.</summary>
    public string[]? ServiceTier { get; set; }

    /// <summary>Whether <c>Cache</c> may be chosen.</summary>
    public bool Cache { get; set; }

    /// <summary>What it means.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Bounds leave no number.</exception>
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
