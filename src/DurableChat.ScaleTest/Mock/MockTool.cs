using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.ScaleTest.Mock;

/// <summary>A function that a request offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Arguments that satisfy its schema, as JSON.</param>
internal sealed record MockTool(string Name, string Arguments)
{
    /// <summary>An argument of this name gets the question that is answered.</summary>
    private const string Question = "question";

    /// <summary>Reads a tool in the form of either API; null if it is no function.</summary>
    public static MockTool? Read(JsonElement tool, string question)
    {
        // The chat completions API nests what the Responses API has flat.
        var function = MockRequest.Member(tool, "function") ?? tool;
        return MockRequest.Text(function, "name") is { Length: > 0 } name
            ? new MockTool(
                name,
                MockRequest.Member(function, "parameters") is { } schema ? Fill(schema, question).ToJsonString() : "{}")
            : null;
    }

    private static JsonObject Fill(JsonElement schema, string question)
    {
        var filled = new JsonObject();
        if (MockRequest.Member(schema, "required") is { ValueKind: JsonValueKind.Array } required)
        {
            foreach (var name in required.EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!))
            {
                filled[name] = MockRequest.Member(schema, "properties") is { } properties && MockRequest.Member(
                    properties,
                    name) is { } property ? Value(property, name == Question ? question : "mock", question) : null;
            }
        }

        return filled;
    }

    private static JsonNode? Value(JsonElement schema, string text, string question)
    {
        if (MockRequest.Member(schema, "enum") is { ValueKind: JsonValueKind.Array } values
            && values.GetArrayLength() > 0)
        {
            return JsonNode.Parse(values[0].GetRawText());
        }

        // Where several types are allowed, the first is as good as any.
        var types = MockRequest.Member(schema, "type");
        var type = types is { ValueKind: JsonValueKind.Array } several && several.GetArrayLength() > 0
            ? several[0]
            : types;
        return (type is { ValueKind: JsonValueKind.String } named ? named.GetString() : "string") switch
        {
            "integer" or "number" => 1,
            "boolean" => true,
            "array" => new JsonArray(),
            "object" => Fill(schema, question),
            "null" => null,
            _ => text,
        };
    }
}
