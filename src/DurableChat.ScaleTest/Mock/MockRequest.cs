using System.IO.Hashing;
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
internal sealed record MockRequest(
    string Model, bool IsStream, bool WantsUsage, bool EndsWithUser, IReadOnlyList<MockTool> Tools, ulong Fingerprint, int InputBytes)
{
    /// <summary>Reads a request of the chat completions API or of the Responses API; null if it is neither.</summary>
    public static MockRequest? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("model", out var model)
                || model.ValueKind != JsonValueKind.String
                || !(root.TryGetProperty("messages", out var input) || root.TryGetProperty("input", out input)))
            {
                return null;
            }

            return new MockRequest(
                model.GetString()!,
                root.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True,
                root.TryGetProperty("stream_options", out var options)
                    && options.TryGetProperty("include_usage", out var usage)
                    && usage.ValueKind == JsonValueKind.True,
                EndsWithUserInput(input),
                root.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array ? [.. tools.EnumerateArray().Select(MockTool.Read).OfType<MockTool>()] : [],
                XxHash64.HashToUInt64(body.Span),
                body.Length);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool EndsWithUserInput(JsonElement input) =>
        input.ValueKind == JsonValueKind.String
        || (input.ValueKind == JsonValueKind.Array
            && input.GetArrayLength() > 0
            && input[input.GetArrayLength() - 1] is { ValueKind: JsonValueKind.Object } last
            && last.TryGetProperty("role", out var role)
            && role.ValueEquals("user"));
}
