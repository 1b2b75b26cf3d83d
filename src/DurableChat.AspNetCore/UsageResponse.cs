using DurableChat.Storage;

namespace DurableChat.AspNetCore;

/// <summary>What an owner's model calls have cost.</summary>
/// <param name="From">The first day (UTC).</param>
/// <param name="To">The last day (UTC), included.</param>
/// <param name="Usage">An entry for each day and model, in their order; days without calls are left out.</param>
public sealed record UsageResponse(DateOnly From, DateOnly To, IReadOnlyList<UsageEntry> Usage);

/// <summary>What the calls of one model have cost on one day.</summary>
/// <param name="Day">The day (UTC).</param>
/// <param name="Model">The configured name of the model.</param>
/// <param name="Requests">How many calls there were whose provider said what they cost, failed ones included.</param>
/// <param name="InputTokens">Tokens that were sent, those of the provider's cache included.</param>
/// <param name="OutputTokens">Tokens of the answers, reasoning included.</param>
/// <param name="CacheReadTokens">Input tokens read from the provider's cache; null if no provider said.</param>
/// <param name="CacheWriteTokens">Input tokens written to the provider's cache; null if no provider said.</param>
/// <param name="ReasoningTokens">Output tokens spent on reasoning; null if no provider said.</param>
/// <param name="Cost">The price in US dollars of the calls whose provider said it; null if none did.</param>
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
    /// <summary>The entry for what a store has added up.</summary>
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
