using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// Reads an enum that a later version of the program may have written. A name that is not known here becomes
/// <paramref name="unknown"/>, so that the surrounding JSON can still be read. Used for data from the store and from
/// other replicas. Unknown names from clients are refused.
/// </summary>
/// <param name="unknown">The value for all unknown names.</param>
internal sealed class LaterEnumConverter<TEnum>(TEnum unknown) : JsonConverter<TEnum>
    where TEnum : struct, Enum
{
    public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? StoredName.Read(reader.GetString()!, unknown)
            : throw new JsonException($"A {typeof(TEnum).Name} is a name.");

    public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) =>
        writer.WriteStringValue(StoredName.Of(value));
}
