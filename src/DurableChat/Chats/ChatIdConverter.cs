using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>Writes a chat id as a JSON string.</summary>
public sealed class ChatIdConverter : JsonConverter<ChatId>
{
    /// <inheritdoc/>
    public override ChatId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ChatId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("Not a chat id.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ChatId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.Value);
    }
}
