using System.Security.Cryptography;
using System.Text;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// A key that signs stream tickets and verifies them. Register one in the services if the replicas share a secret that
/// this library does not know. Otherwise tickets are signed with <c>Cluster:Secret</c> if it is configured, then with a
/// key of each replica whose public half is in the store if the store supports that, and finally with a key of this
/// process. Immutable.
/// </summary>
public sealed class StreamTicketKey : ITicketSigner, ITicketVerifier
{
    private const int KeyBytes = 32;

    private readonly byte[] _key;

    private StreamTicketKey(byte[] key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(key, "key id"u8)[..8]);
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <summary>Creates a key for this process only. Its tickets become invalid when the process ends.</summary>
    public static StreamTicketKey Create() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>
    /// Derives the key from a secret that all replicas know. The key does not reveal the secret (HKDF, RFC 5869).
    /// </summary>
    /// <param name="secret">At least 32 characters that cannot be guessed.</param>
    public static StreamTicketKey Derive(string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        return new(HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(secret),
            KeyBytes,
            info: "durablechat stream tickets 1"u8.ToArray()));
    }

    byte[] ITicketSigner.Sign(ReadOnlySpan<byte> data) => HMACSHA256.HashData(_key, data);

    bool ITicketVerifier.Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }
}
