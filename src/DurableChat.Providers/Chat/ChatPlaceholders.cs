using System.Text.Json.Nodes;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Adds the data that a provider requires in answers that it did not generate itself, or whose reasoning was not kept.
/// Pure.
/// </summary>
internal static class ChatPlaceholders
{
    /// <summary>The value that Google documents for calls that another model generated.</summary>
    private const string Signature = "skip_thought_signature_validator";

    /// <summary>Kimi treats an empty text as missing.</summary>
    private const string Reasoning = " ";

    /// <summary>Fills an assistant message.</summary>
    public static void Fill(JsonObject answer, ChatRules rules)
    {
        var calls = answer["tool_calls"] as JsonArray;
        switch (rules.Placeholder)
        {
            case Placeholder.ReasoningOfAll:
            case Placeholder.ReasoningOfCalls when calls is not null:
                answer.TryAdd("reasoning_content", Reasoning);
                break;
            case Placeholder.Signature when calls is not null && calls.All(call => call!["extra_content"] is null):
                // Only the first of parallel calls has a signature.
                calls[0]!["extra_content"] =
                    new JsonObject { [rules.SignatureVendor] = new JsonObject { ["thought_signature"] = Signature } };
                break;
            case Placeholder.SignatureInDetails when calls is not null && answer["reasoning_details"] is null:
                answer["reasoning_details"] = new JsonArray(new JsonObject
                {
                    ["type"] = "reasoning.encrypted",
                    ["data"] = Signature,
                    ["id"] = (string)calls[0]!["id"]!,
                    ["format"] = "google-gemini-v1",
                    ["index"] = 0,
                });
                break;
        }
    }
}
