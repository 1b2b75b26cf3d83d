using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// How messages and chats are named to the client. A user message is <c>msg_5</c>, and all that answers it, over however many steps, is one message <c>turn_5</c>: so it has the same id while it
/// streams, when it is resumed and in the history. Pure.
/// </summary>
internal static class AiSdkIds
{
    /// <summary>How long a client's name of a chat may be.</summary>
    public const int MaxChatName = 255;

    private const string UserPrefix = "msg_";
    private const string TurnPrefix = "turn_";

    public static string OfUser(long messageId) => UserPrefix + messageId.ToString(CultureInfo.InvariantCulture);

    public static string OfTurn(long userMessageId) => TurnPrefix + userMessageId.ToString(CultureInfo.InvariantCulture);

    /// <summary>False if an id is surely not one that the server gave.</summary>
    public static bool MayBeOurs(ReadOnlySpan<byte> id) => id.StartsWith("msg_"u8) || id.StartsWith("turn_"u8);

    /// <summary>Reads the user message that an id names, by itself or by its answer.</summary>
    public static bool TryParse(string? id, out long userMessageId)
    {
        userMessageId = 0;
        return id is not null
            && (id.StartsWith(UserPrefix, StringComparison.Ordinal) ? Query.TryId(id[UserPrefix.Length..], out userMessageId)
                : id.StartsWith(TurnPrefix, StringComparison.Ordinal) && Query.TryId(id[TurnPrefix.Length..], out userMessageId));
    }

    /// <summary>The key that a chat with a client's name has for ever.</summary>
    public static string ChatKey(string name) => $"ai-sdk:{name}";

    /// <summary>The idempotency key of a message with a client's id. It has a space, so no key that comes in a header is the same.</summary>
    public static string MessageKey(string id) => $"ai-sdk message {Hash(id)}";

    /// <summary>The idempotency key under which is found what an edit made of a message, and where that is.</summary>
    public static string EditKey(long messageId) => string.Create(CultureInfo.InvariantCulture, $"ai-sdk place {messageId}");

    /// <summary>The key of versions that did not store where the message was.</summary>
    public static string OldEditKey(long messageId) => string.Create(CultureInfo.InvariantCulture, $"ai-sdk edit {messageId}");

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
