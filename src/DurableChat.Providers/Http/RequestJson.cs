using System.Text.Json.Nodes;

namespace DurableChat.Providers.Http;

/// <summary>Helpers that write request bodies.</summary>
internal static class RequestJson
{
    /// <summary>Adds a member unless it is null: unset values are left to the provider.</summary>
    public static void AddIfAny(this JsonObject json, string name, JsonNode? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }
}
