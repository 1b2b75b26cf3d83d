using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Responses;

/// <summary>Writes requests to the Responses API. Pure.</summary>
internal static class ResponsesRequest
{
    private const int MaxCacheKeyLength = 64;

    /// <summary>The body of a request.</summary>
    public static JsonObject Build(Provider provider, ModelRequest request)
    {
        var (instructions, input) = ResponsesPrompt.Build(provider, request);
        var (settings, thinks) = (request.Settings, Thinks(provider.Model));
        var body = new JsonObject { ["model"] = provider.Model };
        body.AddIfAny("instructions", instructions);
        body["input"] = input;
        AddTools(body, request);
        if (thinks)
        {
            // A server that stores nothing needs its own reasoning back.
            body["include"] = new JsonArray("reasoning.encrypted_content");
        }

        body.AddIfAny("reasoning", Reasoning(settings, thinks));
        body.AddIfAny("text", Format(settings.ResponseFormat));
        body.AddIfAny("max_output_tokens", settings.MaxOutputTokens);
        body.AddIfAny("temperature", settings.Temperature);
        body.AddIfAny("top_p", settings.TopP);
        body.AddIfAny("service_tier", settings.ServiceTier);
        body.AddIfAny("prompt_cache_key", settings.Cache == false ? null : CacheKey(request.CacheKey));
        body["store"] = false;
        body["stream"] = true;
        return body;
    }

    private static void AddTools(JsonObject body, ModelRequest request)
    {
        if (request.Tools.Count == 0 || request.Settings.Tools == false)
        {
            return;
        }

        body["tools"] = new JsonArray([.. request.Tools.Select(tool => (JsonNode)new JsonObject
        {
            ["type"] = "function",
            ["name"] = tool.Name,
            ["description"] = tool.Description,
            ["parameters"] = ToolSchema.Of(tool.JsonSchema),
            ["strict"] = false,
        })]);
        body.AddIfAny("tool_choice", request.Settings.ToolChoice switch
        {
            null => null,
            "auto" or "none" or "required" => JsonValue.Create(request.Settings.ToolChoice),
            var name => new JsonObject { ["type"] = "function", ["name"] = name },
        });
        body.AddIfAny("parallel_tool_calls", request.Settings.ParallelToolCalls);
    }

    private static JsonObject? Reasoning(GenerationSettings settings, bool thinks)
    {
        var reasoning = new JsonObject();
        reasoning.AddIfAny("effort", settings.ReasoningEffort);
        reasoning.AddIfAny("summary", settings.ReasoningDisplay switch
        {
            "omitted" => null,
            "summary" => "auto",

            // Summaries avoid a long silence while the model thinks.
            null => thinks ? "auto" : null,
            var own => own,
        });
        return reasoning.Count == 0 ? null : reasoning;
    }

    private static JsonObject? Format(JsonElement? format)
    {
        if (format is not { ValueKind: JsonValueKind.Object } given || given.Text("type") is not { } type)
        {
            return null;
        }

        var written = JsonObject.Create(given)!;
        if (type == "json_schema" && given.Text("name") is null)
        {
            written["name"] = "answer";
        }

        return new JsonObject { ["format"] = written };
    }

    /// <summary>OpenAI's older models refuse the fields for reasoning.</summary>
    private static bool Thinks(string model)
    {
        var name = model[(model.LastIndexOf('/') + 1)..];
        name = name.StartsWith("ft:", StringComparison.OrdinalIgnoreCase) ? name[3..] : name;
        return !((string[])["gpt-3", "gpt-4", "chatgpt-", "gpt-5-chat"])
            .Any(old => name.StartsWith(old, StringComparison.OrdinalIgnoreCase));
    }

    private static string? CacheKey(string? key) => key is not { Length: > MaxCacheKeyLength } ? key
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
