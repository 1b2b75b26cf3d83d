namespace DurableChat.Chats;

/// <summary>The cost of one model call, in tokens as counted by the provider.</summary>
/// <param name="InputTokens">Input tokens, including those read from or written to the provider's cache.</param>
/// <param name="OutputTokens">Output tokens, including reasoning.</param>
public sealed record TokenUsage(long InputTokens, long OutputTokens)
{
    /// <summary>
    /// More than any model call uses. Sums of many such values stay far below what a database can add up.
    /// </summary>
    private const long MaxTokens = 1_000_000_000_000;

    /// <summary>More than any model call costs, in US dollars.</summary>
    private const decimal MaxCost = 10_000;

    /// <summary>Decimal places of a price. Providers charge as little as a billionth of a dollar for a token.</summary>
    private const int CostPlaces = 12;

    /// <summary>Input tokens that the provider read from its cache. Null if not reported.</summary>
    public long? CacheReadTokens { get; init; }

    /// <summary>Input tokens that the provider wrote to its cache. Null if not reported.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Output tokens spent on reasoning. Null if not reported.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>The price in US dollars. Null if not reported.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The sum of two usages. A figure that only one of them has is kept unchanged.</summary>
    /// <param name="one">The first usage. Null for none.</param>
    /// <param name="other">The second usage. Null for none.</param>
    public static TokenUsage? Add(TokenUsage? one, TokenUsage? other) => (one, other) switch
    {
        (null, _) => other,
        (_, null) => one,
        _ => new TokenUsage(one.InputTokens + other.InputTokens, one.OutputTokens + other.OutputTokens)
        {
            CacheReadTokens = Add(one.CacheReadTokens, other.CacheReadTokens),
            CacheWriteTokens = Add(one.CacheWriteTokens, other.CacheWriteTokens),
            ReasoningTokens = Add(one.ReasoningTokens, other.ReasoningTokens),
            Cost = one.Cost is null ? other.Cost : one.Cost + (other.Cost ?? 0),
        },
    };

    /// <summary>
    /// This usage, clamped to the bounds. A provider can send any number, and one that overflows a sum would prevent
    /// the commit of the answer.
    /// </summary>
    internal TokenUsage Bounded() => new(Bound(InputTokens), Bound(OutputTokens))
    {
        CacheReadTokens = CacheReadTokens is { } read ? Bound(read) : null,
        CacheWriteTokens = CacheWriteTokens is { } written ? Bound(written) : null,
        ReasoningTokens = ReasoningTokens is { } reasoning ? Bound(reasoning) : null,
        Cost = Cost is { } cost ? Math.Round(Math.Clamp(cost, 0, MaxCost), CostPlaces) : null,
    };

    private static long Bound(long tokens) => Math.Clamp(tokens, 0, MaxTokens);

    private static long? Add(long? one, long? other) => one is null ? other : one + (other ?? 0);
}
