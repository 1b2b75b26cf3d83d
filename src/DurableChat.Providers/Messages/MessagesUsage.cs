using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>
/// Collects the usage of a round: counts arrive in its first event, and complete in one of its last. For one round; not
/// thread-safe.
/// </summary>
internal sealed class MessagesUsage
{
    private long? _input;
    private long? _cacheRead;
    private long? _cacheWrite;
    private long? _output;
    private long? _thinking;

    /// <summary>The counts so far; null if there are none.</summary>
    public TokenUsage? Total => _input is null && _output is null && _cacheRead is null && _cacheWrite is null ? null
        : new TokenUsage((_input ?? 0) + (_cacheRead ?? 0) + (_cacheWrite ?? 0), _output ?? 0)
        {
            CacheReadTokens = _cacheRead,
            CacheWriteTokens = _cacheWrite,
            ReasoningTokens = _thinking,
        };

    /// <summary>Records the counts of an event; false if it has none.</summary>
    public bool Add(JsonElement holder)
    {
        if (holder.Object("usage") is not { } usage)
        {
            return false;
        }

        _input = Larger(_input, usage.Number("input_tokens"));
        _cacheRead = Larger(_cacheRead, usage.Number("cache_read_input_tokens"));
        _cacheWrite = Larger(_cacheWrite, usage.Number("cache_creation_input_tokens"));
        _output = Larger(_output, usage.Number("output_tokens"));
        _thinking = Larger(_thinking, usage.Object("output_tokens_details")?.Number("thinking_tokens"));
        return Total is not null;
    }

    /// <summary>Counts only grow. A server that does not know a count may send 0.</summary>
    private static long? Larger(long? known, long? given) => given is null ? known : Math.Max(known ?? 0, given.Value);
}
