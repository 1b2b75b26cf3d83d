using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace DurableChat.Client.Adapters;

/// <summary>Converts a program's settings to the server's. Pure.</summary>
internal static class SettingsReader
{
    /// <summary>Reads settings. Null if the program sets none.</summary>
    public static ChatSettings? Read(ChatOptions? options)
    {
        if (options is null)
        {
            return null;
        }

        var settings = new ChatSettings
        {
            ReasoningEffort = options.Reasoning?.Effort switch
            {
                ReasoningEffort.None => "none",
                ReasoningEffort.Low => "low",
                ReasoningEffort.Medium => "medium",
                ReasoningEffort.High => "high",
                ReasoningEffort.ExtraHigh => "xhigh",
                _ => null,
            },
            ReasoningDisplay = options.Reasoning?.Output switch
            {
                ReasoningOutput.None => "omitted",
                ReasoningOutput.Summary or ReasoningOutput.Full => "summary",
                _ => null,
            },
            Temperature = Exactly(options.Temperature),
            TopP = Exactly(options.TopP),
            TopK = options.TopK,
            Seed = options.Seed,
            Stop = options.StopSequences is { Count: > 0 } stops ? [.. stops] : null,
            MaxOutputTokens = options.MaxOutputTokens,
            ResponseFormat = FormatOf(options.ResponseFormat),
            ParallelToolCalls = options.AllowMultipleToolCalls,
            ToolChoice = options.ToolMode switch
            {
                NoneChatToolMode => "none",
                RequiredChatToolMode required => required.RequiredFunctionName ?? "required",

                // The default behaviour of a model.
                _ => null,
            },
        };
        return settings == new ChatSettings() ? null : settings;
    }

    /// <summary>Converts the number as written: 0.2 rather than 0.20000000298.</summary>
    private static double? Exactly(float? number) =>
        number is { } value
            ? double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : null;

    private static JsonElement? FormatOf(ChatResponseFormat? format)
    {
        JsonObject? written = format switch
        {
            null => null,
            ChatResponseFormatJson { Schema: { } schema } json => new JsonObject
            {
                ["type"] = "json_schema",
                ["name"] = json.SchemaName ?? "answer",
                ["schema"] = JsonNode.Parse(schema.GetRawText()),
            },
            ChatResponseFormatJson => new JsonObject { ["type"] = "json_object" },
            _ => new JsonObject { ["type"] = "text" },
        };
        if (written is not null
            && format is ChatResponseFormatJson { Schema: not null, SchemaDescription: { } description })
        {
            written["description"] = description;
        }

        return written is null ? null : JsonElement.Parse(written.ToJsonString());
    }
}
