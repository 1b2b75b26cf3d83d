using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Providers.Chat;

/// <summary>
/// Converts call ids to what a server accepts, because a history may come from another provider. The same id always
/// converts to the same result. Pure.
/// </summary>
internal static class ChatCallIds
{
    private const int MaxLength = 40;
    private const int MistralLength = 9;
    private const int HashedLength = 24;
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>The id, or a replacement if the server would refuse it.</summary>
    public static string Fit(string id, CallIdStyle style) => style switch
    {
        CallIdStyle.NineLetters when id.Length != MistralLength || !id.All(char.IsAsciiLetterOrDigit) =>
            Hash(id, MistralLength),
        CallIdStyle.UpTo40 when id.Length > MaxLength => $"call_{Hash(id, HashedLength)}",
        _ => id,
    };

    private static string Hash(string id, int length) =>
        string.Create(length, SHA256.HashData(Encoding.UTF8.GetBytes(id)), static (text, hash) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = Letters[hash[i] % Letters.Length];
            }
        });
}
