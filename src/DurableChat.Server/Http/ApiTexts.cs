using Microsoft.OpenApi;

namespace DurableChat.Server.Http;

/// <summary>The descriptions in the OpenAPI document. The generator only knows names and types.</summary>
internal static class ApiTexts
{
    private static readonly Dictionary<string, string> _schemas = new(StringComparer.Ordinal)
    {
        ["Message"] = "A committed message. An answer that ended for `length` or `content_filter` may have no parts.",
        ["MessagePart"] =
            "A piece of a message. Later versions may have more types: pass over those that you do not know.",
        ["MessagePartTextPart"] = "Text to read.",
        ["MessagePartReasoningPart"] = "The model's reasoning, as far as the provider shows it.",
        ["MessagePartToolCallPart"] = "A call of a tool.",
        ["MessagePartToolResultPart"] = "What a tool answered.",
        ["MessagePartRefusalPart"] = "Words with which the model declines to answer.",
        ["MessagePartSourcePart"] = "A source that the text before it cites.",
        ["MessagePartProviderToolPart"] = "A tool that the provider ran, such as a web search.",
        ["MessagePartFilePart"] = "A file that the model made, such as a picture.",
        ["MessagePartUnknownPart"] = "A part that only a later version of the server knows.",
        ["TokenUsage"] = "What an answer cost, as the provider counted. What it did not say is left out.",
        ["FinishReason"] =
            "Why an answer ends: `length` if it reached its token limit, "
            + "`content_filter` if the provider withheld it or the rest.",
    };

    private static readonly Dictionary<string, string> _members = new(StringComparer.Ordinal)
    {
        ["MessagePartToolCallPart.call_id"] = "The id by which the result names the call.",
        ["MessagePartToolCallPart.arguments"] = "One JSON object, as text.",
        ["MessagePartToolResultPart.result"] = "Text; JSON where the tool gave JSON.",
        ["MessagePartToolResultPart.is_error"] = "True if the tool failed, is unknown, or was cancelled.",
        ["MessagePartSourcePart.url"] = "Where it is, as the provider gave it: check it before you make a link of it.",
        ["MessagePartSourcePart.title"] = "Its title, if the provider gave one.",
        ["MessagePartProviderToolPart.name"] = "The provider's name of the tool.",
        ["MessagePartProviderToolPart.input"] = "What it was run with, for people; may be empty.",
        ["MessagePartFilePart.media_type"] = "Its media type, e.g. `image/png`.",
        ["MessagePartFilePart.data"] = "The content in base64.",
        ["MessagePartUnknownPart.kind"] = "The type that it has there.",
        ["MessagePartUnknownPart.json"] = "The part as it was stored.",
        ["TokenUsage.input_tokens"] = "Tokens that were sent, from the provider's cache or not.",
        ["TokenUsage.output_tokens"] = "Tokens of the answer, reasoning included.",
        ["TokenUsage.cache_read_tokens"] = "Input tokens that the provider read from its cache.",
        ["TokenUsage.cache_write_tokens"] = "Input tokens that the provider wrote to its cache.",
        ["TokenUsage.reasoning_tokens"] = "Output tokens spent on reasoning.",
        ["TokenUsage.cost"] = "The price in US dollars.",
    };

    /// <summary>Describes a schema and its members.</summary>
    public static void Describe(string name, OpenApiSchema schema)
    {
        schema.Description ??= _schemas.GetValueOrDefault(name);
        foreach (var (member, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (property is OpenApiSchema own)
            {
                own.Description ??= _members.GetValueOrDefault($"{name}.{member}");
            }
        }
    }
}
