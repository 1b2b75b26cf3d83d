using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.Models;

/// <summary>
/// Converts arguments of tool calls between stored JSON text and the dictionary that libraries use. Pure.
/// </summary>
internal static class ToolArguments
{
    private static readonly JsonSerializerOptions _relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Parses arguments. If a model wrote invalid JSON, the tool gets no arguments and reports what is missing.
    /// </summary>
    public static Dictionary<string, object?> Parse(string arguments)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Writes arguments.</summary>
    public static string Write(IDictionary<string, object?>? arguments)
    {
        var json = new JsonObject();
        foreach (var (name, value) in arguments ?? new Dictionary<string, object?>())
        {
            json[name] = value switch
            {
                null => null,
                JsonNode node => node.DeepClone(),
                JsonElement element => JsonSerializer.SerializeToNode(element),
                _ => JsonSerializer.SerializeToNode(value, value.GetType()),
            };
        }

        return json.ToJsonString(_relaxed);
    }
}
