using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.ScaleTest.Mock;

/// <summary>A function that a request offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Arguments that satisfy its schema, as JSON.</param>
internal sealed record MockTool(string Name, string Arguments)
{
    /// <summary>Reads a tool in the form of either API; null if it is no function.</summary>
    public static MockTool? Read(JsonElement tool)
    {
        // The chat completions API nests what the Responses API has flat.
        var function = tool.TryGetProperty("function", out var nested) ? nested : tool;
        return function.TryGetProperty("name", out var name) && name.GetString() is { Length: > 0 } text
            ? new MockTool(text, function.TryGetProperty("parameters", out var schema) ? Fill(schema).ToJsonString() : "{}")
            : null;
    }

    private static JsonObject Fill(JsonElement schema)
    {
        var filled = new JsonObject();
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("required", out var required)
            || !schema.TryGetProperty("properties", out var properties))
        {
            return filled;
        }

        foreach (var name in required.EnumerateArray().Select(item => item.GetString()!))
        {
            filled[name] = properties.TryGetProperty(name, out var property) ? Value(property) : null;
        }

        return filled;
    }

    private static JsonNode? Value(JsonElement schema)
    {
        if (schema.TryGetProperty("enum", out var values) && values.GetArrayLength() > 0)
        {
            return JsonNode.Parse(values[0].GetRawText());
        }

        var type = schema.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : "string";
        return type switch
        {
            "integer" or "number" => 1,
            "boolean" => true,
            "array" => new JsonArray(),
            "object" => Fill(schema),
            _ => "mock",
        };
    }
}
