using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>Writes Chat Completions requests. Thread-safe.</summary>
/// <param name="options">The model.</param>
/// <param name="rules">The server's requirements.</param>
/// <param name="provider">The provider, whose replays are sent back.</param>
internal sealed class ChatRequestWriter(ProviderOptions options, ChatRules rules, Provider provider)
{
    private const string DefaultSchemaName = "answer";

    /// <summary>The body of a request.</summary>
    public JsonObject Write(ModelRequest request)
    {
        var messages = new ChatMessages(rules, provider, request).Write();
        if (rules.HasCacheMarks && request.Settings.Cache != false)
        {
            ChatCacheMarks.Set(messages);
        }

        var body = new JsonObject { ["model"] = options.Model, ["messages"] = messages, ["stream"] = true };
        if (rules.AsksForUsage)
        {
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        }

        WriteTools(body, request);
        WriteSampling(body, request.Settings);
        WriteEffort(body, request.Settings);
        if (request.Settings.ResponseFormat is { } format && FormatOf(format) is { } written)
        {
            body["response_format"] = written;
        }

        if (rules.HasServiceTier && request.Settings.ServiceTier is { } tier)
        {
            body["service_tier"] = tier;
        }

        if (rules.HasStore)
        {
            body["store"] = false;
        }

        if (rules.HasCacheKey && request.CacheKey is { } key && request.Settings.Cache != false)
        {
            body["prompt_cache_key"] = key;
        }

        return body;
    }

    private void WriteTools(JsonObject body, ModelRequest request)
    {
        if (request.Tools.Count == 0 || request.Settings.Tools == false)
        {
            return;
        }

        body["tools"] = new JsonArray(
        [
            .. request.Tools.Select(tool => (JsonNode)new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject
                {
                    ["name"] = tool.Name,
                    ["description"] = tool.Description,
                    ["parameters"] = ToolSchema.Of(tool.JsonSchema),
                },
            }),
        ]);
        if (request.Settings.ToolChoice is { } choice)
        {
            body["tool_choice"] = choice switch
            {
                "auto" or "none" => choice,
                "required" => rules.RequiredTool,
                _ => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = choice } },
            };
        }

        if (request.Settings.ParallelToolCalls is { } parallel)
        {
            body["parallel_tool_calls"] = parallel;
        }
    }

    private void WriteSampling(JsonObject body, GenerationSettings settings)
    {
        Set(body, "temperature", settings.Temperature);
        Set(body, "top_p", settings.TopP);
        Set(body, "top_k", rules.HasTopK ? settings.TopK : null);
        Set(body, rules.SeedField, settings.Seed);
        Set(body, options.MaxTokensField ?? rules.MaxTokensField, settings.MaxOutputTokens);
        if (settings.Stop is { Count: > 0 } stop)
        {
            body["stop"] = new JsonArray([.. stop.Select(text => (JsonNode)text)]);
        }
    }

    private void WriteEffort(JsonObject body, GenerationSettings settings)
    {
        var (effort, budget) = (settings.ReasoningEffort, settings.ReasoningBudget);
        var isOff = effort == "none";
        switch (rules.Effort)
        {
            case EffortStyle.OpenRouter when budget is { } tokens && !isOff:
                // The server refuses an effort together with a budget, and a budget that leaves no tokens for the
                // answer.
                var most = (settings.MaxOutputTokens ?? int.MaxValue) - 1;
                body["reasoning"] = new JsonObject { ["max_tokens"] = Math.Min(tokens, most) };
                return;
            case EffortStyle.OpenRouter when effort is not null:
                body["reasoning"] = new JsonObject { ["effort"] = effort };
                return;
            case EffortStyle.Gemini when budget is not null && effort is null:
                var thinking = new JsonObject { ["thinking_config"] = new JsonObject { ["thinking_budget"] = budget } };
                body["extra_body"] = new JsonObject { ["google"] = thinking };
                return;
            case EffortStyle.DeepSeek when effort is not null:
                body["thinking"] = new JsonObject { ["type"] = isOff ? "disabled" : "enabled" };
                Set(body, "reasoning_effort", isOff ? null : effort);
                return;
            case EffortStyle.Kimi when isOff:
                body["thinking"] = new JsonObject { ["type"] = "disabled" };
                return;
            default:
                Set(body, "reasoning_effort", rules.Effort == EffortStyle.OpenRouter ? null : effort);
                return;
        }
    }

    /// <summary>The response format; null for text, which is the default.</summary>
    private static JsonObject? FormatOf(JsonElement format)
    {
        switch (format.Text("type"))
        {
            case "json_object":
                return new JsonObject { ["type"] = "json_object" };
            case "json_schema":
                var schema = format.Object("json_schema") ?? format;
                var written = new JsonObject { ["name"] = schema.Text("name") ?? DefaultSchemaName };
                foreach (var name in (string[])["description", "schema", "strict"])
                {
                    if (schema.TryGetProperty(name, out var value))
                    {
                        written[name] = JsonNode.Parse(value.GetRawText());
                    }
                }

                return new JsonObject { ["type"] = "json_schema", ["json_schema"] = written };
            default:
                return null;
        }
    }

    private static void Set<T>(JsonObject body, string name, T? value)
    {
        if (value is not null)
        {
            body[name] = JsonValue.Create(value);
        }
    }
}
