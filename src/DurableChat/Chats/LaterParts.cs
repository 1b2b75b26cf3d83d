using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// Makes JSON readable if it has parts of a type that only a later version of the program knows. Such parts become
/// <see cref="UnknownPart"/>s. Slow: use it only after normal reading has failed.
/// </summary>
internal static class LaterParts
{
    private const string TypeMember = "type";

    private static readonly HashSet<string> _known =
        [.. typeof(MessagePart).GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).Select(derived =>
            derived.TypeDiscriminator).OfType<string>()];

    /// <summary>The JSON with such parts replaced. Null if it has none, or if it is not valid JSON.</summary>
    public static string? Replace(string json)
    {
        try
        {
            return JsonNode.Parse(json) is { } root && Visit(root) ? root.ToJsonString() : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Visit(JsonNode node)
    {
        var found = false;
        switch (node)
        {
            case JsonArray array:
                foreach (var item in array)
                {
                    found |= item is not null && Visit(item);
                }

                break;
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                {
                    found |= (name, value) switch
                    {
                        ("parts", JsonArray parts) => ReplaceIn(parts),
                        ("part", JsonObject part) when TypeOfLater(part) is { } type =>
                            Put(members, name, Stand(type, part)),
                        (_, { } inner) => Visit(inner),
                        _ => false,
                    };
                }

                break;
        }

        return found;
    }

    private static bool ReplaceIn(JsonArray parts)
    {
        var found = false;
        for (var index = 0; index < parts.Count; index++)
        {
            if (parts[index] is JsonObject part && TypeOfLater(part) is { } type)
            {
                parts[index] = Stand(type, part);
                found = true;
            }
        }

        return found;
    }

    private static bool Put(JsonObject members, string name, JsonObject value)
    {
        members[name] = value;
        return true;
    }

    private static string? TypeOfLater(JsonObject part) =>
        part.TryGetPropertyValue(TypeMember, out var type)
            && type is JsonValue value
            && value.TryGetValue<string>(out var name)
            && !_known.Contains(name) ? name : null;

    private static JsonObject Stand(string type, JsonObject part) =>
        new() { [TypeMember] = UnknownPart.TypeName, ["kind"] = type, ["json"] = part.ToJsonString() };
}
