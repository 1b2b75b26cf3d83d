using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>The id of a chat: 32 lower-case hexadecimal digits. The default value identifies no chat.</summary>
[JsonConverter(typeof(ChatIdConverter))]
public readonly record struct ChatId
{
    private const int Length = 32;

    private readonly string? _value;

    private ChatId(string value) => _value = value;

    /// <summary>The 32 hexadecimal digits.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>
    /// Creates an id that is ordered by time (UUID version 7, RFC 9562). Its 74 random bits make it impossible to
    /// guess.
    /// </summary>
    public static ChatId Create(DateTimeOffset now) => new(Guid.CreateVersion7(now).ToString("N"));

    /// <summary>
    /// Derives the id of a new chat from the idempotency key of its create request, so that a repeated request finds
    /// the chat that the first one created. The id is a hash, so the key of one owner reveals nothing about the chats
    /// of another.
    /// </summary>
    public static ChatId FromIdempotencyKey(string owner, string key)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{owner.Length}:{owner}{key}"), hash);
        return new ChatId(Convert.ToHexStringLower(hash[..(Length / 2)]));
    }

    /// <summary>Parses an id from a URL. False if the text is not 32 lower-case hexadecimal digits.</summary>
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

    /// <summary>Parses an id that the program itself has written.</summary>
    /// <exception cref="FormatException">The text is not a valid chat id.</exception>
    public static ChatId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a chat id.");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
