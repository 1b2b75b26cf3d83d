using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.Providers.Http;

/// <summary>
/// Writes JSON for providers and reads theirs, in which any member may be missing or of another type. Pure.
/// </summary>
internal static class ProviderJson
{
    /// <summary>
    /// Does not escape letters, so that repeated content is byte for byte the same. Read-only, to avoid a race between
    /// the first two threads that use it.
    /// </summary>
    public static JsonSerializerOptions Relaxed { get; } = Freeze(
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>A text member; null if it is missing or of another type.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.Loose() : null;

    /// <summary>A number member; null if it is missing or of another type.</summary>
    public static long? Number(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number
            ? value.TryGetInt64(out var whole) ? whole : value.TryGetDouble(out var number) ? (long)number : null
            : null;

    /// <summary>An object member; null if it is missing or of another type.</summary>
    public static JsonElement? Object(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>The items of an array member; empty if it is missing or of another type.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>Writes a node for a provider.</summary>
    public static string Write(JsonNode node) => node.ToJsonString(Relaxed);

    /// <summary>Parses the output of <see cref="Write"/>.</summary>
    public static JsonNode Read(string json) => JsonNode.Parse(json)!;

    private static JsonSerializerOptions Freeze(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
