using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Responses;

/// <summary>Reads the usage of a response. Pure.</summary>
internal static class ResponsesUsage
{
    /// <summary>The usage of a response; null if it has none.</summary>
    public static TokenUsage? Read(JsonElement response)
    {
        if (response.Object("usage") is not { } usage)
        {
            return null;
        }

        return new TokenUsage(usage.Number("input_tokens") ?? 0, usage.Number("output_tokens") ?? 0)
        {
            CacheReadTokens = usage.Object("input_tokens_details")?.Number("cached_tokens"),
            CacheWriteTokens = usage.Object("input_tokens_details")?.Number("cache_write_tokens"),
            ReasoningTokens = usage.Object("output_tokens_details")?.Number("reasoning_tokens"),
            Cost = Cost(usage),
        };
    }

    private static decimal? Cost(JsonElement usage) =>
        usage.TryGetProperty("cost", out var cost) && cost.ValueKind == JsonValueKind.Number
            && cost.TryGetDecimal(out var price)
            ? price
            : null;
}
