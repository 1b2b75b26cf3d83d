using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.Providers.Http;

/// <summary>Makes schemas of tools that OpenAI and those who imitate it accept. Pure.</summary>
internal static class ToolSchema
{
    /// <summary>
    /// The schema byte for byte if it is whole. One without a type or without properties, as MCP servers give for tools without parameters,
    /// would be refused with the whole request.
    /// </summary>
    public static JsonNode Of(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out _) && schema.Object("properties") is not null)
        {
            return RawJson.Node(schema.GetRawText());
        }

        var whole = schema.ValueKind == JsonValueKind.Object ? JsonObject.Create(schema)! : [];
        whole["type"] ??= "object";
        whole["properties"] = whole["properties"] as JsonObject ?? [];
        return whole;
    }
}
