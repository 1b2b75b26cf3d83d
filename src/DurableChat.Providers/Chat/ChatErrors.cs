using System.Text.Json;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>Finds errors that arrive as stream events or as the body of a successful response. Pure.</summary>
internal static class ChatErrors
{
    private static readonly string[] _codes = ["code", "status", "status_code"];

    /// <summary>The error in a chunk; null if it is not an error.</summary>
    /// <param name="type">The type of the event.</param>
    /// <param name="chunk">Its data.</param>
    public static JsonElement? Of(string type, JsonElement chunk) =>
        Member(chunk) is { } own ? own
        : chunk.Items("choices").Select(Member).FirstOrDefault(error => error is not null) is { } inner ? inner
        : type == "error"
            || chunk.Text("object") == "error"
            || chunk.Text("type") == "error"
            || (type is "" or "message" && IsBare(chunk)) ? chunk
        : null;

    private static JsonElement? Member(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("error", out var error)
        && (error.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            || error is { ValueKind: JsonValueKind.String } && error.Loose().Length > 0)
            ? error
            : null;

    /// <summary>Gateways and web frameworks return errors without the usual wrapper.</summary>
    private static bool IsBare(JsonElement chunk) =>
        chunk.ValueKind == JsonValueKind.Object && !chunk.TryGetProperty("choices", out _)
        && (chunk.TryGetProperty("detail", out _)
            || (chunk.Text("message") is not null && _codes.Any(name => chunk.TryGetProperty(name, out _))));
}
