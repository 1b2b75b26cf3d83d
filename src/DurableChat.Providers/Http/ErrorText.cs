using System.Text;
using System.Text.Json;

namespace DurableChat.Providers.Http;

/// <summary>
/// Extracts the provider's own message from an error. Echoes of the request, such as invalid input, are excluded, so
/// that they are not mistaken for the message. Pure.
/// </summary>
internal static class ErrorText
{
    private const int MaxChars = 16 * 1024;
    private const int MaxDepth = 8;

    private static readonly HashSet<string> _own = new(StringComparer.OrdinalIgnoreCase)
    {
        "error", "errors", "message", "msg", "code", "type", "status", "reason", "detail", "details", "metadata",
        "raw", "title", "param", "loc", "innererror", "error_type", "error_code",
        "error_msg", "description", "retryDelay", "violations", "quotaId", "quotaMetric", "base_resp", "status_msg",
        "error_description", "previous_errors",
    };

    /// <summary>The message; the whole text if it is not JSON.</summary>
    public static string Of(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Of(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return body[..Math.Min(body.Length, MaxChars)];
        }
    }

    /// <summary>The message, one member per line.</summary>
    public static string Of(JsonElement error)
    {
        var words = new StringBuilder();
        Collect(error, "", words, 0);
        return words.ToString(0, Math.Min(words.Length, MaxChars));
    }

    private static void Collect(JsonElement value, string name, StringBuilder words, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth < MaxDepth:
                foreach (var member in value.EnumerateObject().Where(member => _own.Contains(member.Name)))
                {
                    Collect(member.Value, member.Name, words, depth + 1);
                }

                break;
            case JsonValueKind.Array when depth < MaxDepth:
                foreach (var item in value.EnumerateArray())
                {
                    Collect(item, name, words, depth + 1);
                }

                break;
            case JsonValueKind.String:
                Add(value.Loose(), name, words);
                break;
            case JsonValueKind.Number:
                Add(value.GetRawText(), name, words);
                break;
        }
    }

    private static void Add(string text, string name, StringBuilder words)
    {
        if (name.Length > 0)
        {
            words.Append(name).Append(": ");
        }

        words.Append(text).Append('\n');
    }
}
