using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.Providers.Http;

/// <summary>Creates tool schemas that OpenAI and compatible servers accept. Pure.</summary>
internal static class ToolSchema
{
    /// <summary>
    /// The unchanged schema if it is complete. A schema without a type or properties, as MCP servers send for tools
    /// without parameters, would cause the whole request to be refused.
    /// </summary>
    public static JsonNode Of(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty("type", out _)
            && schema.Object("properties") is not null)
        {
            return RawJson.Node(schema.GetRawText());
        }

        var whole = schema.ValueKind == JsonValueKind.Object ? JsonObject.Create(schema)! : [];
        whole["type"] ??= "object";
        whole["properties"] = whole["properties"] as JsonObject ?? [];
        return whole;
    }
}
