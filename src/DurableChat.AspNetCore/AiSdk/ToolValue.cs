using System.Text;
using System.Text.Json;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>Converts a tool's arguments or result between the stored text and the client's value. Pure.</summary>
internal static class ToolValue
{
    /// <summary>Writes a text as JSON if it is valid JSON, otherwise as a string.</summary>
    public static void Write(Utf8JsonWriter json, string text)
    {
        if (!IsJson(text))
        {
            json.WriteStringValue(text);
            return;
        }

        // A line break would end the line of the stream. In JSON a line break outside of strings can be replaced by a
        // space.
        json.WriteRawValue(text.Replace('\n', ' ').Replace('\r', ' '), skipInputValidation: true);
    }

    /// <summary>The text of a value: the content of a string, or the JSON of any other value.</summary>
    public static string Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>
    /// The client rejects JSON that contains the property names of prototype pollution attacks, and the whole stream
    /// with it. It accepts an escaped lone surrogate, but returns it with its history, which the server would then
    /// reject.
    /// </summary>
    private static bool IsJson(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            for (var name = string.Empty; reader.Read();)
            {
                if (name == "constructor" && reader.TokenType == JsonTokenType.Null)
                {
                    return false;
                }

                // Values without escapes need no decoding, except for names.
                var decoded = reader.TokenType == JsonTokenType.PropertyName || reader.ValueIsEscaped
                    ? reader.GetString()
                    : null;
                name = reader.TokenType == JsonTokenType.PropertyName ? decoded : string.Empty;
                if (name is "__proto__" or "prototype")
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
