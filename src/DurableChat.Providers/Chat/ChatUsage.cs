using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>Reads usage under the field names of all providers. Pure.</summary>
internal static class ChatUsage
{
    /// <summary>The usage in a chunk; null if it has none.</summary>
    public static TokenUsage? Read(JsonElement chunk, ChatRules rules)
    {
        // Kimi sends usage next to the choice, Groq under a name of its own.
        var usage = chunk.Object("usage")
            ?? chunk.Items("choices")
                .Select(choice => choice.Object("usage"))
                .FirstOrDefault(found => found is not null)
            ?? chunk.Object("x_groq")?.Object("usage");
        return usage is { } given ? Parse(given, rules) : null;
    }

    private static TokenUsage? Parse(JsonElement usage, ChatRules rules)
    {
        var input = Count(usage, "prompt_tokens", "input_tokens");
        var output = Count(usage, "completion_tokens", "output_tokens");
        if (input is null or 0 && output is null or 0)
        {
            return null;
        }

        var (prompt, completion) = (usage.Object("prompt_tokens_details"), usage.Object("completion_tokens_details"));
        var reasoning = Count(completion, "reasoning_tokens") ?? Count(usage, "reasoning_tokens");
        var total = Count(usage, "total_tokens");
        return new TokenUsage(input ?? 0, WithThoughts(input ?? 0, output ?? 0, reasoning ?? 0, total ?? 0, rules))
        {
            CacheReadTokens = Count(prompt, "cached_tokens")
                ?? Count(usage, "prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens"),
            CacheWriteTokens = Count(prompt, "cache_write_tokens", "cache_creation_tokens")
                ?? Count(usage, "cache_creation_input_tokens"),
            ReasoningTokens = reasoning,
            Cost = usage.TryGetProperty("cost", out var cost) && cost.ValueKind == JsonValueKind.Number
                && cost.TryGetDecimal(out var price) && price >= 0 ? price : null,
        };
    }

    /// <summary>Adds reasoning tokens: xAI counts them separately from the output, Gemini only in the total.</summary>
    private static long WithThoughts(long input, long output, long reasoning, long total, ChatRules rules)
    {
        var isApart = (reasoning > 0 && total == input + output + reasoning)
            || (rules.CountsThoughtsApart && total > input + output);
        return isApart ? total - input : output;
    }

    private static long? Count(JsonElement? json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json?.Number(name) is { } number and >= 0 and < long.MaxValue / 4)
            {
                return number;
            }
        }

        return null;
    }
}
