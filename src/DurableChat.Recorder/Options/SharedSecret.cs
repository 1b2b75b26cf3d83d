using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Recorder.Options;

/// <summary>The secret that a server and a recorder share. Comparisons take constant time.</summary>
internal sealed class SharedSecret
{
    /// <summary>The minimum length, so that the secret cannot be guessed.</summary>
    public const int MinLength = 32;

    private readonly byte[] _hash;

    /// <summary>Creates a secret.</summary>
    /// <exception cref="ArgumentException">It is too short.</exception>
    public SharedSecret(string secret)
    {
        if (secret.Length < MinLength)
        {
            throw new ArgumentException($"The secret must have at least {MinLength} characters.", nameof(secret));
        }

        _hash = Hash(secret);
    }

    /// <summary>True if the presented text is the secret.</summary>
    public bool Matches(string? shown) => CryptographicOperations.FixedTimeEquals(Hash(shown ?? ""), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
