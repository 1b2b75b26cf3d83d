using System.Text.Json;

namespace DurableChat.Chats;

/// <summary>Stored names of enum members: snake_case, as on the wire.</summary>
public static class StoredName
{
    /// <summary>The name of a member.</summary>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
            Names<TEnum>.ByValue.TryGetValue(value, out var name)
            ? name
            : JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>
    /// The member with this name. Returns <paramref name="unknown"/> for names that only a later version knows.
    /// </summary>
    public static TEnum Read<TEnum>(string name, TEnum unknown)
        where TEnum : struct, Enum => Names<TEnum>.ByName.GetValueOrDefault(name, unknown);

    private static class Names<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly Dictionary<TEnum, string> ByValue = Enum.GetValues<TEnum>()
            .ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly Dictionary<string, TEnum> ByName =
            ByValue.ToDictionary(entry => entry.Value, entry => entry.Key, StringComparer.Ordinal);
    }
}
