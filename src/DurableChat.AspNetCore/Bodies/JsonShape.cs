using System.Buffers;
using System.Text.Json;

namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// What a scan of JSON shows before objects are made of it. A megabyte of <c>{},{},…</c> is a third of a million
/// objects, so values are counted first. The look takes no memory. Pure.
/// </summary>
/// <param name="Values">
/// How many values there are: objects, lists, strings, numbers and words, as far as they were counted.
/// </param>
/// <param name="HasHalfCharacters">
/// True if there is an escaped half of a surrogate pair. What stays JSON, such as a tool's result, is not decoded when
/// a body is read: half a character in it would make a later decoder fail.
/// </param>
internal readonly record struct JsonShape(int Values, bool HasHalfCharacters)
{
    private const int StackChars = 256;

    /// <summary>Looks through JSON, up to what is not JSON: what reads it in earnest says so better.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="maxDepth">How deep it may nest.</param>
    /// <param name="maxValues">Where to stop counting.</param>
    /// <param name="passedOver">
    /// The name of a list at the top of whose elements only the last becomes objects; the values of the others do not
    /// count. Empty for none.
    /// </param>
    public static JsonShape Of(
        ReadOnlySpan<byte> json,
        int maxDepth,
        int maxValues,
        ReadOnlySpan<byte> passedOver = default)
    {
        var escapes = json.IndexOf("\\u"u8) >= 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        var values = 0;
        var beforeElement = -1;
        var isNamed = false;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.EndObject:
                        continue;
                    case JsonTokenType.EndArray:
                        beforeElement = reader.CurrentDepth == 1 ? -1 : beforeElement;
                        break;
                    case JsonTokenType.PropertyName:
                        isNamed = reader.CurrentDepth == 1
                            && passedOver.Length > 0
                            && reader.ValueTextEquals(passedOver);
                        break;
                    default:
                        if (beforeElement >= 0 && reader.CurrentDepth == 2)
                        {
                            values = beforeElement;
                        }

                        values++;
                        if (isNamed && reader.TokenType == JsonTokenType.StartArray)
                        {
                            beforeElement = values;
                        }

                        isNamed = false;
                        break;
                }

                if (escapes && reader.ValueIsEscaped && HasHalfCharacter(ref reader))
                {
                    return new JsonShape(values, HasHalfCharacters: true);
                }

                if (values > maxValues && beforeElement < 0)
                {
                    break;
                }
            }
        }
        catch (JsonException)
        {
        }

        return new JsonShape(values, HasHalfCharacters: false);
    }

    /// <summary>Decodes a string if it may have half a character, and forgets it.</summary>
    private static bool HasHalfCharacter(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)
            || !(reader.ValueSpan.IndexOf("\\ud"u8) >= 0 || reader.ValueSpan.IndexOf("\\uD"u8) >= 0))
        {
            return false;
        }

        var length = reader.ValueSpan.Length;
        var rented = length > StackChars ? ArrayPool<char>.Shared.Rent(length) : null;
        try
        {
            Span<char> decoded = rented ?? stackalloc char[StackChars];
            reader.CopyString(decoded);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented);
            }
        }
    }
}
