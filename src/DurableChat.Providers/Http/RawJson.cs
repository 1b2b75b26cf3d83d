using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DurableChat.Providers.Http;

/// <summary>
/// JSON that is written unchanged. Parsing and rewriting a text preserves its meaning but not its escapes and spaces,
/// and a provider that caches or signs by prefix may compare bytes. Pure.
/// </summary>
internal static class RawJson
{
    /// <summary>A node that is written as the given text.</summary>
    public static JsonNode Node(string json) => JsonValue.Create(new Verbatim(json))!;

    /// <summary>True if a text is one JSON object.</summary>
    public static bool IsObject(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Serialising with options looks up the converter again.
    [JsonConverter(typeof(Converter))]
    private sealed record Verbatim(string Json);

    private sealed class Converter : JsonConverter<Verbatim>
    {
        public override Verbatim Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Verbatim value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Json);
    }
}
