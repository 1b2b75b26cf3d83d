using System.Text.Json.Nodes;

namespace DurableChat.Providers.Http;

/// <summary>Helps to write bodies of requests.</summary>
internal static class RequestJson
{
    /// <summary>Adds a member unless it is null: what is not set is left to the provider.</summary>
    public static void AddIfAny(this JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }
}
