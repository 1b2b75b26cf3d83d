namespace DurableChat.Client;

/// <summary>The cost of an answer, in tokens as counted by the provider.</summary>
/// <param name="InputTokens">Input tokens, including those read from the provider's cache.</param>
/// <param name="OutputTokens">Output tokens, including reasoning.</param>
public sealed record TokenUsage(long InputTokens, long OutputTokens)
{
    /// <summary>Input tokens that the provider read from its cache. Null if not reported.</summary>
    public long? CacheReadTokens { get; init; }

    /// <summary>Input tokens that the provider wrote to its cache. Null if not reported.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Output tokens spent on reasoning. Null if not reported.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>The price in US dollars. Null if not reported.</summary>
    public decimal? Cost { get; init; }
}
