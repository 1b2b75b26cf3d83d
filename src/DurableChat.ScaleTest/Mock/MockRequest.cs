using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace DurableChat.ScaleTest.Mock;

/// <summary>What the mock model needs to know of a request.</summary>
/// <param name="Model">The model's name, given back as it came.</param>
/// <param name="IsStream">True if the answer is to be streamed.</param>
/// <param name="WantsUsage">True if the stream is to end with the usage.</param>
/// <param name="EndsWithUser">True if the last input is a user's; false for a tool's result.</param>
/// <param name="Tools">The functions that may be called.</param>
/// <param name="Fingerprint">A hash of the body: equal requests have equal ones.</param>
/// <param name="InputBytes">The size of the body.</param>
/// <param name="BadHistory">Why a provider would refuse the history; null if none would.</param>
/// <param name="Question">The text of the newest user message.</param>
/// <param name="History">A hash of the history: equal histories have equal ones.</param>
internal sealed record MockRequest(
    string Model,
    bool IsStream,
    bool WantsUsage,
    bool EndsWithUser,
    IReadOnlyList<MockTool> Tools,
    ulong Fingerprint,
    int InputBytes,
    string? BadHistory = null,
    string Question = "",
    ulong History = 0)
{
    /// <summary>Reads a request of the chat completions API or of the Responses API; null if it is neither.</summary>
    public static MockRequest? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (Text(root, "model") is not { } model
                || (Member(root, "messages") ?? Member(root, "input")) is not { } input)
            {
                return null;
            }

            var question = MockHistory.FindQuestion(input);
            return new MockRequest(
                model,
                Member(root, "stream") is { ValueKind: JsonValueKind.True },
                Member(root, "stream_options") is { } options
                    && Member(options, "include_usage") is { ValueKind: JsonValueKind.True },
                EndsWithUserInput(input),
                Text(root, "tool_choice") != "none" && Member(root, "tools") is { ValueKind: JsonValueKind.Array } tools
                    ? [.. tools.EnumerateArray().Select(tool => MockTool.Read(tool, question)).OfType<MockTool>()]
                    : [],
                XxHash64.HashToUInt64(body.Span),
                body.Length,
                MockHistory.FindFault(input),
                question,
                XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(input.GetRawText())));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a text that is no Unicode, which is noticed only when it is read.
            return null;
        }
    }

    /// <summary>
    /// A member of an object; null if there is none, if it is <c>null</c>, which clients send for what they leave out,
    /// or if this is no object.
    /// </summary>
    public static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out var member)
            && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>A member that is a text; else null.</summary>
    public static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool EndsWithUserInput(JsonElement input) =>
        input.ValueKind == JsonValueKind.String
        || (input.ValueKind == JsonValueKind.Array
            && input.GetArrayLength() > 0
            && Text(input[input.GetArrayLength() - 1], "role") == "user");
}
