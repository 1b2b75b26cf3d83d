using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>Writes an enum as its name in snake_case, the form of all names on the wire. Refuses numbers.</summary>
public sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(
    JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
