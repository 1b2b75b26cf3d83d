namespace DurableChat.Client;

/// <summary>What an answer cost, in tokens, as the provider counted.</summary>
/// <param name="InputTokens">What the model read, from the provider's cache or not.</param>
/// <param name="OutputTokens">What the model wrote, reasoning included.</param>
public sealed record TokenUsage(long InputTokens, long OutputTokens)
{
    /// <summary>Input tokens that the provider read from its cache; null if it did not say.</summary>
    public long? CacheReadTokens { get; init; }

    /// <summary>Input tokens that the provider wrote to its cache; null if it did not say.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Output tokens spent on reasoning; null if the provider did not say.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>The price in US dollars; null if the provider did not say.</summary>
    public decimal? Cost { get; init; }
}
