using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.Providers.Http;

/// <summary>How JSON is written to providers, and helpers to read theirs, in which any member may be missing or of another kind. Pure.</summary>
internal static class ProviderJson
{
    /// <summary>Letters stay letters: what was sent once is sent again byte for byte. Read-only, so that the first two threads to use it cannot meet while it is being completed.</summary>
    public static JsonSerializerOptions Relaxed { get; } = Freeze(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>A member that is a text; null otherwise.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.Loose() : null;

    /// <summary>A member that is a number; null otherwise.</summary>
    public static long? Number(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.TryGetInt64(out var whole) ? whole : value.TryGetDouble(out var number) ? (long)number : null
            : null;

    /// <summary>A member that is an object; null otherwise.</summary>
    public static JsonElement? Object(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>The items of a member that is an array; none otherwise.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>Writes a node as it goes to a provider.</summary>
    public static string Write(JsonNode node) => node.ToJsonString(Relaxed);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static JsonNode Read(string json) => JsonNode.Parse(json)!;

    private static JsonSerializerOptions Freeze(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
