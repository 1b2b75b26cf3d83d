using System.Security.Cryptography;
using System.Text;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// A key that stream tickets are signed with, and that whoever checks them must have. Register one in the services if
/// the replicas share a secret that this library does not know of. Otherwise tickets are
/// signed with <c>Cluster:Secret</c> where one is configured, with keys of each replica whose public halves are in
/// the store where the store keeps them, and else with a key of this process. Immutable.
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

    /// <summary>A key for this process alone; tickets end with it.</summary>
    public static StreamTicketKey Create() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>The key that belongs to a secret which all replicas know. It tells nothing of the secret (HKDF, RFC 5869).</summary>
    /// <param name="secret">At least 32 characters that nobody can guess.</param>
    public static StreamTicketKey Derive(string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        return new(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), KeyBytes, info: "durablechat stream tickets 1"u8.ToArray()));
    }

    byte[] ITicketSigner.Sign(ReadOnlySpan<byte> data) => HMACSHA256.HashData(_key, data);

    bool ITicketVerifier.Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }
}
