using System.Text;
using System.Text.Json;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>A tool's arguments or result between their text, as chats keep it, and the value that the client has. Pure.</summary>
internal static class ToolValue
{
    /// <summary>Writes a text as the JSON that it is, or else as a string.</summary>
    public static void Write(Utf8JsonWriter json, string text)
    {
        if (!IsJson(text))
        {
            json.WriteStringValue(text);
            return;
        }

        // A line break ends a line of the stream. In JSON it stands only where a space may.
        json.WriteRawValue(text.Replace('\n', ' ').Replace('\r', ' '), skipInputValidation: true);
    }

    /// <summary>The text of a value: of a string itself, of anything else its JSON.</summary>
    public static string Read(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>
    /// The client refuses JSON with the properties that programs in JavaScript are attacked with, and the whole stream
    /// with it. An escaped half of a character it takes, and sends back with its history, which is then refused here.
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

                // What has no escapes is not decoded, unless it is a name.
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
