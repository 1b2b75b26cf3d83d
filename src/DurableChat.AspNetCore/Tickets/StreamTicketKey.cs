using System.Security.Cryptography;
using System.Text;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// The key that stream tickets are signed with. Replicas that serve the same chats must have the same, or a ticket of one is refused by the others: register one in the
/// services before <see cref="DurableChatEndpoints.AddDurableChatHttp"/>, which else makes one for this process. Immutable.
/// </summary>
public sealed class StreamTicketKey
{
    private const int KeyBytes = 32;

    private readonly byte[] _key;

    private StreamTicketKey(byte[] key) => _key = key;

    /// <summary>A key for this process alone; tickets end with it.</summary>
    public static StreamTicketKey Create() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>The key that belongs to a secret which all replicas know. It tells nothing of the secret (HKDF, RFC 5869).</summary>
    /// <param name="secret">At least 32 characters that nobody can guess.</param>
    public static StreamTicketKey Derive(string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        return new(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), KeyBytes, info: "durablechat stream tickets 1"u8.ToArray()));
    }

    internal byte[] Sign(ReadOnlySpan<byte> data) => HMACSHA256.HashData(_key, data);
}
