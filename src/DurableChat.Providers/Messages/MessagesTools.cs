using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Providers.Http;
using Microsoft.Extensions.AI;

namespace DurableChat.Providers.Messages;

/// <summary>Writes tools, and which of them may be called. Pure.</summary>
internal static class MessagesTools
{
    /// <summary>A tool as JSON.</summary>
    public static string Write(AIFunctionDeclaration tool)
    {
        var written = new JsonObject { ["name"] = tool.Name };
        written.AddIfAny("description", string.IsNullOrWhiteSpace(tool.Description) ? null : tool.Description);
        written["input_schema"] = Schema(tool.JsonSchema);
        return ProviderJson.Write(written);
    }

    /// <summary>A tool that was called earlier and is no longer offered.</summary>
    public static string WritePast(string name) => ProviderJson.Write(new JsonObject
    {
        ["name"] = name,
        ["description"] = "Not available any more.",
        ["input_schema"] = new JsonObject { ["type"] = "object" },
    });

    /// <summary>Which tools the model may call; null for the provider's default.</summary>
    public static JsonObject? Choice(GenerationSettings settings)
    {
        var choice = settings.ToolChoice switch
        {
            null => settings.ParallelToolCalls is null ? null : new JsonObject { ["type"] = "auto" },
            "auto" or "none" => new JsonObject { ["type"] = settings.ToolChoice },
            "required" => new JsonObject { ["type"] = "any" },
            var name => new JsonObject { ["type"] = "tool", ["name"] = name },
        };
        if (choice is not null && settings is { ParallelToolCalls: { } parallel, ToolChoice: not "none" })
        {
            choice["disable_parallel_tool_use"] = !parallel;
        }

        return choice;
    }

    /// <summary>The schema must declare the type object.</summary>
    private static JsonNode Schema(JsonElement schema)
    {
        if (schema.Text("type") == "object")
        {
            return RawJson.Node(schema.GetRawText());
        }

        var written = schema.ValueKind == JsonValueKind.Object ? JsonObject.Create(schema)! : [];
        written["type"] = "object";
        return written;
    }
}
