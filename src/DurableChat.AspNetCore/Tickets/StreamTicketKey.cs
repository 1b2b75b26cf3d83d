using System.Security.Cryptography;
using System.Text;
using DurableChat.AspNetCore.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// The key that stream tickets are signed with. Replicas that serve the same chats must have the same, or a ticket of one is refused by the others: it is made of the cluster's secret where there is
/// one (<see cref="DurableChatHttpBuilderExtensions.UseRelay"/>), else for this process, unless one is registered in the services before. Immutable.
/// </summary>
public sealed class StreamTicketKey
{
    private const int KeyBytes = 32;

    private readonly byte[] _key;

    private StreamTicketKey(byte[] key) => _key = key;

    /// <summary>The key of the cluster whose store keeps a secret; else one for this process alone.</summary>
    internal static StreamTicketKey OfCluster(IServiceProvider services) => services.GetService<ClusterSecret>() is { } secret ? Derive(secret.Value) : Create();

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
