using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>Writes requests to the Messages API. Pure.</summary>
internal static class MessagesRequest
{
    /// <summary>
    /// The default token limit of an answer. The API requires a limit, and thinking counts towards it.
    /// </summary>
    private const int DefaultMaxTokens = 32_000;

    private const int LeftForText = 8_192;

    /// <summary>The API refuses a smaller budget.</summary>
    private const int MinBudget = 1_024;

    /// <summary>The body of a request.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The request.</param>
    /// <param name="prompt">Its prompt.</param>
    /// <param name="paused">The blocks of the answer so far, if the provider paused it.</param>
    public static JsonObject Build(
        string model, ModelRequest request, MessagesPrompt prompt, IReadOnlyList<string> paused)
    {
        var settings = request.Settings;
        var caches = settings.Cache != false;
        var maxTokens = settings.MaxOutputTokens
            ?? Math.Max(DefaultMaxTokens, (BudgetOf(settings) ?? 0) + LeftForText);
        var body = new JsonObject { ["model"] = model, ["max_tokens"] = maxTokens };
        if (prompt.System.Count > 0)
        {
            body["system"] = Blocks(prompt.System.Select(SystemBlock), caches);
        }

        if (prompt.Tools.Count > 0)
        {
            body["tools"] = Blocks(prompt.Tools, caches);
            body.AddIfAny("tool_choice", prompt.AreToolsPast
                ? new JsonObject { ["type"] = "none" }
                : MessagesTools.Choice(settings));
        }

        body["messages"] = Messages(prompt, paused, caches);
        body.AddIfAny("thinking", Thinking(settings, maxTokens, prompt));
        body.AddIfAny("output_config", OutputConfig(settings));
        body.AddIfAny("temperature", settings.Temperature);
        body.AddIfAny("top_p", settings.TopP);
        body.AddIfAny("top_k", settings.TopK);
        if (settings.Stop is { Count: > 0 } stop)
        {
            body["stop_sequences"] = new JsonArray([.. stop.Select(text => JsonValue.Create(text))]);
        }

        body.AddIfAny("service_tier", settings.ServiceTier);
        body["stream"] = true;
        return body;
    }

    private static string SystemBlock(string text) =>
        ProviderJson.Write(new JsonObject { ["type"] = "text", ["text"] = text });

    /// <summary>Blocks, of which the last one marks how far the provider caches.</summary>
    private static JsonArray Blocks(IEnumerable<string> blocks, bool caches)
    {
        var written = new JsonArray([.. blocks.Select(RawJson.Node)]);
        if (caches && written.Count > 0)
        {
            var last = ProviderJson.Read(ProviderJson.Write(written[^1]!)).AsObject();
            last["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
            written[^1] = last;
        }

        return written;
    }

    private static JsonArray Messages(MessagesPrompt prompt, IReadOnlyList<string> paused, bool caches)
    {
        var messages = new List<(string Role, List<string> Blocks)>();
        foreach (var entry in prompt.Entries)
        {
            var role = entry.Speaker == PromptSpeaker.Assistant ? "assistant" : "user";
            if (messages.Count == 0 || messages[^1].Role != role)
            {
                messages.Add((role, []));
            }

            messages[^1].Blocks.AddRange(entry.Blocks.Select(block => block.Json));
        }

        if (paused.Count > 0)
        {
            messages.Add(("assistant", [.. paused]));
        }

        // The model's own blocks are sent back exactly, without a mark.
        var marked = messages.FindLastIndex(message => message.Role == "user");
        return new JsonArray([.. messages.Select((message, place) => (JsonNode)new JsonObject
        {
            ["role"] = message.Role,
            ["content"] = Blocks(message.Blocks, caches && place == marked),
        })]);
    }

    private static JsonObject? Thinking(GenerationSettings settings, int maxTokens, MessagesPrompt prompt)
    {
        var display = settings.ReasoningDisplay switch
        {
            null => null,
            "summary" => "summarized",
            var own => own,
        };
        var budget = BudgetOf(settings);
        if (settings.ReasoningEffort == "none" || budget == 0 || (budget is not null && maxTokens <= MinBudget))
        {
            // If the smallest budget leaves no room for the answer, thinking is disabled.
            return new JsonObject { ["type"] = "disabled" };
        }

        if (budget is { } wished)
        {
            // A turn that began without thinking cannot continue with it.
            var tokens = Math.Clamp(wished, MinBudget, maxTokens - 1);
            var enabled = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = tokens };
            enabled.AddIfAny("display", display);
            return prompt.LacksThinking ? null : enabled;
        }

        // Visible thinking avoids a long silence.
        return settings.ReasoningEffort is null && display is null ? null
            : new JsonObject { ["type"] = "adaptive", ["display"] = display ?? "summarized" };
    }

    /// <summary>The budget. An effort of none means no budget.</summary>
    private static int? BudgetOf(GenerationSettings settings) =>
        settings.ReasoningEffort == "none" ? null : settings.ReasoningBudget;

    private static JsonObject? OutputConfig(GenerationSettings settings)
    {
        var config = new JsonObject();
        config.AddIfAny("effort", settings.ReasoningEffort switch
        {
            "none" => null,
            "minimal" => "low",
            var effort => effort,
        });
        if (settings.ResponseFormat is { } format
            && format.Text("type") == "json_schema"
            && format.Object("schema") is { } schema)
        {
            config["format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["schema"] = RawJson.Node(schema.GetRawText()),
            };
        }

        return config.Count == 0 ? null : config;
    }
}
