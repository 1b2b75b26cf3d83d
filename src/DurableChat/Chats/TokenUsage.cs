namespace DurableChat.Chats;

/// <summary>What one model call cost, in tokens, as the provider counted.</summary>
/// <param name="InputTokens">Tokens that were sent, those read from the provider's cache or written to it included.</param>
/// <param name="OutputTokens">Tokens of the answer, reasoning included.</param>
public sealed record TokenUsage(long InputTokens, long OutputTokens)
{
    /// <summary>More than any model call takes. Sums of so many stay far from what a database can add.</summary>
    private const long MaxTokens = 1_000_000_000_000;

    /// <summary>More than any model call costs, in US dollars.</summary>
    private const decimal MaxCost = 10_000;

    /// <summary>
    /// Places behind the point of a price. Providers charge down to a billionth of a dollar for a token.
    /// </summary>
    private const int CostPlaces = 12;

    /// <summary>Input tokens that the provider read from its cache; null if it did not say.</summary>
    public long? CacheReadTokens { get; init; }

    /// <summary>Input tokens that the provider wrote to its cache; null if it did not say.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Output tokens spent on reasoning; null if the provider did not say.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>The price in US dollars; null if the provider did not say.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The sum of two; a figure that only one of them has counts as it is.</summary>
    /// <param name="one">One of them; null for nothing.</param>
    /// <param name="other">The other; null for nothing.</param>
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
    /// The same within bounds: a provider may send any number, and one that no sum can hold would keep the answer from
    /// being committed.
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
