using System.Text.Json;

namespace DurableChat.Providers.Http;

/// <summary>Finds errors in events. Pure.</summary>
internal static class ErrorMember
{
    /// <summary>The error member of an event, of any JSON type; null if there is none.</summary>
    public static JsonElement? Error(this JsonElement data) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty("error", out var error)
            && error.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)
            ? error
            : null;
}
