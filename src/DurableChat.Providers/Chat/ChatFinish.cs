using DurableChat.Chats;

namespace DurableChat.Providers.Chat;

/// <summary>Interprets finish reasons. Pure.</summary>
internal static class ChatFinish
{
    private static readonly string[] _length = ["length", "max_tokens", "model_length", "max_output_tokens",
        "max_completion_tokens", "model_context_window_exceeded"];

    private static readonly string[] _filtered =
        ["content_filter", "content_filtered", "safety", "recitation", "prohibited_content", "blocklist", "sensitive",
        "spii", "refusal", "guardrail_intervened"];

    /// <summary>DeepSeek, inference servers, GLM: the server gave up in the middle of an answer.</summary>
    private static readonly string[] _abandoned = ["insufficient_system_resource", "abort", "aborted", "network_error"];

    /// <summary>True if the answer was truncated.</summary>
    public static bool IsCut(string? reason) => Is(reason, _length) || Is(reason, _abandoned);

    /// <summary>True if the server gave up.</summary>
    public static bool IsAbandoned(string? reason) => Is(reason, _abandoned);

    /// <summary>True if the provider withholds the rest.</summary>
    public static bool IsFiltered(string? reason) =>
        Is(reason, _filtered) || (reason?.StartsWith("content_filter:", StringComparison.OrdinalIgnoreCase) ?? false);

    /// <summary>True if the reason is an error.</summary>
    public static bool IsError(string? reason) => Is(reason, ["error"]);

    /// <summary>True if the model wrote a call that its provider could not parse.</summary>
    public static bool IsBrokenCall(string? reason) =>
        reason?.Contains("malformed_function_call", StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>The finish reason.</summary>
    /// <param name="reason">The server's reason; null if there is none.</param>
    /// <param name="hasCalls">Whether the answer calls tools, which takes precedence over the server's reason.</param>
    /// <param name="hasRefusal">Whether the model refused.</param>
    public static FinishReason Map(string? reason, bool hasCalls, bool hasRefusal) =>
        hasCalls ? FinishReason.ToolCalls
        : IsCut(reason) ? FinishReason.Length
        : IsFiltered(reason) || hasRefusal ? FinishReason.ContentFilter
        : FinishReason.Stop;

    private static bool Is(string? reason, string[] words) => words.Contains(reason, StringComparer.OrdinalIgnoreCase);
}
