using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Recorder;

/// <summary>What server and recorder show each other. Comparing takes as long whatever is shown.</summary>
internal sealed class SharedSecret
{
    /// <summary>How long it has to be: it cannot be guessed then.</summary>
    public const int MinLength = 32;

    private readonly byte[] _hash;

    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentException">It is too short.</exception>
    public SharedSecret(string secret)
    {
        if (secret.Length < MinLength)
        {
            throw new ArgumentException($"The secret must have at least {MinLength} characters.", nameof(secret));
        }

        _hash = Hash(secret);
    }

    /// <summary>True if what is shown is the secret.</summary>
    public bool Matches(string? shown) => CryptographicOperations.FixedTimeEquals(Hash(shown ?? ""), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
