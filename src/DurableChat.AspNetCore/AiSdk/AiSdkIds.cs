using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DurableChat.AspNetCore.Wire;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// The ids of messages and chats for the client. A user message is <c>msg_5</c>. Everything that answers it, over any
/// number of steps, is one message <c>turn_5</c>, so it has the same id while it streams, after a resume and in the
/// history. Pure.
/// </summary>
internal static class AiSdkIds
{
    /// <summary>The maximum length of a client's name for a chat.</summary>
    public const int MaxChatName = 255;

    private const string UserPrefix = "msg_";
    private const string TurnPrefix = "turn_";

    public static string OfUser(long messageId) => UserPrefix + messageId.ToString(CultureInfo.InvariantCulture);

    public static string OfTurn(long userMessageId) => TurnPrefix + userMessageId.ToString(CultureInfo.InvariantCulture);

    /// <summary>False if the server certainly did not assign the id.</summary>
    public static bool MayBeOurs(ReadOnlySpan<byte> id) => id.StartsWith("msg_"u8) || id.StartsWith("turn_"u8);

    /// <summary>Reads the user message that an id refers to, directly or through its answer.</summary>
    public static bool TryParse(string? id, out long userMessageId)
    {
        userMessageId = 0;
        return id is not null
            && (id.StartsWith(UserPrefix, StringComparison.Ordinal) ? Query.TryId(id[UserPrefix.Length..], out userMessageId)
                : id.StartsWith(TurnPrefix, StringComparison.Ordinal) && Query.TryId(id[TurnPrefix.Length..], out userMessageId));
    }

    /// <summary>The permanent key of a chat with a client's name.</summary>
    public static string ChatKey(string name) => $"ai-sdk:{name}";

    /// <summary>
    /// The idempotency key of a message with a client's id. It contains a space, so no key from a header can equal it.
    /// </summary>
    public static string MessageKey(string id) => $"ai-sdk message {Hash(id)}";

    /// <summary>The idempotency key that leads to the replacement of an edited message and its place.</summary>
    public static string EditKey(long messageId) => string.Create(CultureInfo.InvariantCulture, $"ai-sdk place {messageId}");

    /// <summary>The key that versions used which did not store the message's place.</summary>
    public static string OldEditKey(long messageId) => string.Create(CultureInfo.InvariantCulture, $"ai-sdk edit {messageId}");

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
