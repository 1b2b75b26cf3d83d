using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>Names one chat: 32 lower-case hexadecimal digits. The default value names no chat.</summary>
[JsonConverter(typeof(ChatIdConverter))]
public readonly record struct ChatId
{
    private const int Length = 32;

    private readonly string? _value;

    private ChatId(string value) => _value = value;

    /// <summary>The 32 hexadecimal digits.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>A new id, ordered by time (UUID version 7, RFC 9562) and with 74 random bits, so that it cannot be guessed.</summary>
    public static ChatId Create(DateTimeOffset now) => new(Guid.CreateVersion7(now).ToString("N"));

    /// <summary>
    /// The id that a create request with an idempotency key always gets, so that a repeated request meets the chat that the
    /// first one made. It is a hash, so that the key of one owner tells nothing about the chats of another.
    /// </summary>
    public static ChatId FromIdempotencyKey(string owner, string key)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{owner.Length}:{owner}{key}"), hash);
        return new ChatId(Convert.ToHexStringLower(hash[..(Length / 2)]));
    }

    /// <summary>Reads an id as it stands in a URL; false if it is not 32 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ChatId id)
    {
        if (text is { Length: Length } && text.All(char.IsAsciiHexDigitLower))
        {
            id = new ChatId(text);
            return true;
        }

        id = default;
        return false;
    }

    /// <summary>Reads an id that the program itself has written.</summary>
    /// <exception cref="FormatException">The text is no chat id.</exception>
    public static ChatId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a chat id.");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
