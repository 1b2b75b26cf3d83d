using System.Text.Json.Nodes;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Marks up to where a prompt is cached, for providers that require it: after the system prompt, and at the end. Pure.
/// </summary>
internal static class ChatCacheMarks
{
    /// <summary>Sets the marks.</summary>
    public static void Set(JsonArray messages)
    {
        if (messages.FirstOrDefault() is JsonObject first && (string?)first["role"] == "system")
        {
            Mark(first);
        }

        if (messages.OfType<JsonObject>()
            .LastOrDefault(message => (string?)message["role"] is "user" or "tool") is { } last)
        {
            Mark(last);
        }
    }

    private static void Mark(JsonObject message)
    {
        if (message["content"] is JsonValue text && text.TryGetValue<string>(out var given) && given.Length > 0)
        {
            message["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = given });
        }

        if (message["content"] is JsonArray parts
            && parts.OfType<JsonObject>().LastOrDefault(part => (string?)part["type"] == "text") is { } block)
        {
            block["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
        }
    }
}
