using DurableChat.Storage;

namespace DurableChat.AspNetCore;

/// <summary>An owner's usage.</summary>
/// <param name="From">The first day (UTC).</param>
/// <param name="To">The last day (UTC), inclusive.</param>
/// <param name="Usage">One entry per day and model, in that order. Days without calls are omitted.</param>
public sealed record UsageResponse(DateOnly From, DateOnly To, IReadOnlyList<UsageEntry> Usage);

/// <summary>The usage of one model on one day.</summary>
/// <param name="Day">The day (UTC).</param>
/// <param name="Model">The configured name of the model.</param>
/// <param name="Requests">The number of calls whose provider reported usage, including failed ones.</param>
/// <param name="InputTokens">Input tokens, including those read from the provider's cache.</param>
/// <param name="OutputTokens">Output tokens, including reasoning.</param>
/// <param name="CacheReadTokens">
/// Input tokens read from the provider's cache; null if no provider reported them.
/// </param>
/// <param name="CacheWriteTokens">
/// Input tokens written to the provider's cache; null if no provider reported them.
/// </param>
/// <param name="ReasoningTokens">Output tokens spent on reasoning; null if no provider reported them.</param>
/// <param name="Cost">The price in US dollars of the calls whose provider reported it; null if none did.</param>
public sealed record UsageEntry(
    DateOnly Day,
    string Model,
    long Requests,
    long InputTokens,
    long OutputTokens,
    long? CacheReadTokens,
    long? CacheWriteTokens,
    long? ReasoningTokens,
    decimal? Cost)
{
    /// <summary>Creates the entry from a store's sums.</summary>
    public static UsageEntry Of(DailyUsage day)
    {
        ArgumentNullException.ThrowIfNull(day);
        var usage = day.Usage;
        return new UsageEntry(
            day.Day,
            day.Model,
            day.Requests,
            usage.InputTokens,
            usage.OutputTokens,
            usage.CacheReadTokens,
            usage.CacheWriteTokens,
            usage.ReasoningTokens,
            usage.Cost);
    }
}
