using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace DurableChat.Providers.Http;

/// <summary>
/// Reads JSON texts with lone surrogates: some servers split an emoji between two pieces, and each half arrives as a
/// separate escape. Pure.
/// </summary>
internal static class LooseText
{
    /// <summary>The text of a string. A lone surrogate is kept, so that the other half can join it.</summary>
    public static string Loose(this JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(text.GetRawText()[1..^1]);
        }
    }

    /// <summary>A copy of a value. A lone surrogate in it becomes the replacement character.</summary>
    public static JsonNode? Copy(this JsonElement value)
    {
        try
        {
            return JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(value, ProviderJson.Relaxed));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or JsonException)
        {
            return Rebuild(value);
        }
    }

    private static JsonNode? Rebuild(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => RebuildObject(value),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Rebuild)]),
        JsonValueKind.String => JsonValue.Create(Whole(value.Loose())),
        _ => JsonNode.Parse(value.GetRawText()),
    };

    private static JsonObject RebuildObject(JsonElement value)
    {
        var json = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            json[member.Name] = Rebuild(member.Value);
        }

        return json;
    }

    /// <summary>The text, with each lone surrogate replaced by the replacement character.</summary>
    public static string Whole(string text) =>
        text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text
            : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Makes bytes decodable, so that a broken character in raw bytes damages only itself. JSON readers accept such
    /// bytes, and fail when a text is requested.
    /// </summary>
    public static byte[] ValidUtf8(byte[] bytes) =>
        Utf8.IsValid(bytes) ? bytes : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes));

    /// <summary>
    /// Refuses member names with lone surrogates. No real member has one, and the library fails on every lookup of
    /// another member in such an object.
    /// </summary>
    /// <exception cref="JsonException">Such a name exists, or the text is not JSON.</exception>
    public static void CheckNames(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\u"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("A name has half a character.", exception);
        }
    }

    private static string Unescape(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            if (raw[i] == 'u')
            {
                text.Append((char)int.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture));
                i += 4;
                continue;
            }

            text.Append(raw[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                var other =>
                other
            });
        }

        return text.ToString();
    }
}
