using System.Text.Json;
using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>Writes an enum as its name in snake_case, the form of every name on the wire; refuses numbers.</summary>
public sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
