using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

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
            var values = JsonSerializer.Deserialize(arguments, TypeOf(typeof(Dictionary<string, object?>)));
            return (Dictionary<string, object?>?)values ?? [];
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
                _ => JsonSerializer.SerializeToNode(value, TypeOf(value.GetType())),
            };
        }

        return json.ToJsonString(_relaxed);
    }

    /// <summary>The contract with which Microsoft.Extensions.AI reads and writes what models see.</summary>
    private static JsonTypeInfo TypeOf(Type type) => AIJsonUtilities.DefaultOptions.GetTypeInfo(type);
}
