using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Reads a history in one pass and keeps only the last message in memory. Megabytes of tiny messages would take a
/// hundred times their size as objects.
/// </summary>
internal sealed class AiSdkMessagesConverter : JsonConverter<AiSdkMessages>
{
    /// <summary>Longer than any id that the server gives.</summary>
    private const int MaxKnownId = 64;

    /// <inheritdoc/>
    public override AiSdkMessages? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        var count = 0;
        var lastOne = default(Head);
        var last = reader;
        var (known, usersSince) = (0L, 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (lastOne.Known > 0)
            {
                (known, usersSince) = (lastOne.Known, 0);
            }
            else if (lastOne.IsUser)
            {
                usersSince++;
            }

            last = reader;
            lastOne = ReadHead(ref reader, count);
            count++;
        }

        return new AiSdkMessages(count, count == 0 ? null : ReadWhole(last, count - 1, options), known, usersSince);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AiSdkMessages value, JsonSerializerOptions options) =>
        throw new NotSupportedException("A history is only read.");

    /// <summary>Reads the relevant facts of a message before the last, and leaves the reader at its end.</summary>
    private static Head ReadHead(ref Utf8JsonReader reader, int index)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw WrongForm(index, string.Empty);
        }

        var head = default(Head);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            var isRole = !isId && reader.ValueTextEquals("role"u8);
            reader.Read();
            if ((isId || isRole) && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                throw WrongForm(index, isId ? ".id" : ".role");
            }

            if (reader.TokenType == JsonTokenType.String)
            {
                head = isId ? head with { Known = KnownId(ref reader) }
                    : isRole ? head with { IsUser = reader.ValueTextEquals("user"u8) }
                    : head;
            }

            reader.Skip();
        }

        return head;
    }

    /// <summary>Most ids are the client's own, so no string is allocated for them.</summary>
    private static long KnownId(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= MaxKnownId
        && (reader.ValueIsEscaped || AiSdkIds.MayBeOurs(reader.ValueSpan))
        && AiSdkIds.TryParse(reader.GetString(), out var number)
            ? number
            : 0;

    private static AiSdkMessage? ReadWhole(Utf8JsonReader reader, int index, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize(
                ref reader, (JsonTypeInfo<AiSdkMessage>)options.GetTypeInfo(typeof(AiSdkMessage)));
        }
        catch (JsonException exception) when (exception.Path is { Length: > 0 } path)
        {
            throw new JsonException(
                exception.Message,
                $"{PathOf(index)}{path[1..]}",
                exception.LineNumber,
                exception.BytePositionInLine,
                exception);
        }
    }

    private static JsonException WrongForm(int index, string field) => new(null, PathOf(index) + field, null, null);

    private static string PathOf(int index) => $"$.{AiSdkRequest.MessagesField}[{index}]";

    /// <summary>The relevant facts of a message before the last.</summary>
    private readonly record struct Head(long Known, bool IsUser);
}
