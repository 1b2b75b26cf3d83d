using System.Security.Cryptography;
using System.Text;
using DurableChat.Server.Configuration;

namespace DurableChat.Server.Auth;

/// <summary>
/// The configured tokens. Only their hashes are stored. A token has 256 random bits, so a plain hash is as hard to
/// guess as the token. Immutable and thread-safe.
/// </summary>
internal sealed class TokenList
{
    private readonly (byte[] Hash, string Owner, bool IsOperator)[] _tokens;

    private TokenList((byte[], string, bool)[] tokens) => _tokens = tokens;

    /// <summary>True if there are no tokens.</summary>
    public bool IsEmpty => _tokens.Length == 0;

    /// <summary>The owners of the tokens.</summary>
    public IEnumerable<string> Owners => _tokens.Select(token => token.Owner);

    /// <exception cref="ConfigurationException">An entry is invalid.</exception>
    public static TokenList Read(IConfiguration configuration)
    {
        var settings = Settings.Read<TokenSettings[]>(configuration, "Auth:Tokens") ?? [];
        return new TokenList([.. settings.Select((entry, i) =>
        {
            if (string.IsNullOrWhiteSpace(entry.Owner))
            {
                throw new ConfigurationException($"Auth:Tokens:{i}:Owner is missing.");
            }

            return entry.Sha256 is { Length: 2 * SHA256.HashSizeInBytes } hash && hash.All(char.IsAsciiHexDigit)
                ? (Convert.FromHexString(hash), entry.Owner, entry.Operator)
                : throw new ConfigurationException($"Auth:Tokens:{i}:Sha256 is not a SHA-256 in hexadecimal. './durablechat token --owner NAME' makes a token and prints it.");
        })]);
    }

    /// <summary>Creates a token of 256 random bits.</summary>
    public static string Create() => $"dc_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}";

    /// <summary>The hash for the configuration.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Finds the owner of a token. Takes the same time for every token, in the list or not.</summary>
    public (string Owner, bool IsOperator)? Find(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        (string, bool)? found = null;
        foreach (var entry in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
            {
                found = (entry.Owner, entry.IsOperator);
            }
        }

        return found;
    }
}
