using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Cluster;

/// <summary>
/// The secrets by which the replicas of a cluster authenticate each other, and their shared clock. The secrets are read
/// again every minute, and earlier when data arrives that matches none of them. So a new secret spreads without a
/// restart. Thread-safe.
/// </summary>
public sealed class ClusterKeys : IDisposable
{
    /// <summary>How often the secrets are read again.</summary>
    internal static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1);

    /// <summary>The shortest time between two reads, because anyone can send data that matches no secret.</summary>
    internal static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);

    private readonly IClusterIdentity? _identity;
    private readonly string[] _configured;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Snapshot? _snapshot;

    /// <summary>Creates the keys of a cluster.</summary>
    /// <param name="identity">Where the store keeps a secret. Null if it keeps none.</param>
    /// <param name="configured">
    /// The configured secrets, newest first. They replace the store's secrets. Empty for none.
    /// </param>
    /// <param name="time">The clock of this replica.</param>
    public ClusterKeys(IClusterIdentity? identity, IEnumerable<string> configured, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(configured);
        ArgumentNullException.ThrowIfNull(time);
        _identity = identity;
        _configured = [.. configured];
        _time = time;
    }

    /// <summary>True if there is a secret.</summary>
    public bool HasSecret => _identity is not null || _configured.Length > 0;

    /// <summary>True if the secrets are configured, so that a copy of the store contains none.</summary>
    public bool IsConfigured => _configured.Length > 0;

    /// <summary>The time by the store's clock if it is known, otherwise by this replica's clock.</summary>
    public DateTimeOffset Now =>
        _snapshot is { StoreTime: { } stored } known ? stored + _time.GetElapsedTime(known.ReadAt) : _time.GetUtcNow();

    /// <summary>The keys derived from each secret, newest first. Empty until the secrets have been read.</summary>
    internal IReadOnlyList<ClusterKey> All => _snapshot?.Keys ?? [];

    /// <summary>The secrets in use, newest first. Reads them on first use.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    /// <exception cref="InvalidOperationException">There is no secret.</exception>
    public async ValueTask<IReadOnlyList<string>> GetAsync(CancellationToken cancellationToken)
    {
        if (_snapshot is null)
        {
            await ReadAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        }

        return _snapshot!.Secrets;
    }

    /// <summary>Reads the secrets again because data did not match them, unless they were read a moment ago.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public Task RefreshAsync(CancellationToken cancellationToken) => ReadAsync(ShortestPause, cancellationToken);

    /// <summary>Releases resources.</summary>
    public void Dispose() => _reading.Dispose();

    /// <summary>Reads the secrets again if they are old.</summary>
    internal Task RefreshIfOldAsync(CancellationToken cancellationToken) =>
        ReadAsync(RefreshInterval, cancellationToken);

    /// <summary>
    /// Reads the store's clock again if the last reading is old. Does nothing if the store has no clock.
    /// </summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    internal Task ReadClockAsync(CancellationToken cancellationToken) =>
        _identity is null ? Task.CompletedTask : ReadAsync(RefreshInterval, cancellationToken);

    private async Task ReadAsync(TimeSpan youngest, CancellationToken cancellationToken)
    {
        if (!IsOlderThan(youngest))
        {
            return;
        }

        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!IsOlderThan(youngest))
            {
                return;
            }

            // Taken before the read, so that the store's clock is never assumed to be ahead of its real value.
            var readAt = _time.GetTimestamp();
            var stored = _identity is null
                ? null
                : await _identity.GetClusterSecretsAsync(cancellationToken).ConfigureAwait(false);
            var secrets = _configured.Length > 0
                ? _configured
                : stored?.InUse ?? throw new InvalidOperationException(
                    "The replicas share no secret: this store keeps none, so configure one.");
            var known = _snapshot;
            var keys = known is not null && known.Secrets.SequenceEqual(secrets)
                ? known.Keys
                : [.. secrets.Select(secret => new ClusterKey(secret))];
            _snapshot = new Snapshot([.. secrets], keys, stored?.Now, readAt);
        }
        finally
        {
            _reading.Release();
        }
    }

    private bool IsOlderThan(TimeSpan youngest) =>
        _snapshot is not { } known || _time.GetElapsedTime(known.ReadAt) >= youngest;

    private sealed record Snapshot(IReadOnlyList<string> Secrets, IReadOnlyList<ClusterKey> Keys,
        DateTimeOffset? StoreTime, long ReadAt);
}

/// <summary>
/// Keys derived from one cluster secret (HKDF, RFC 5869). They reveal nothing about the secret. Immutable.
/// </summary>
internal sealed class ClusterKey
{
    private readonly byte[] _material;

    public ClusterKey(string secret)
    {
        _material = HKDF.Extract(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret),
            "durablechat cluster 1"u8.ToArray());
        Span<byte> id = stackalloc byte[sizeof(uint)];
        Derive("key id"u8, id);
        Id = BitConverter.ToUInt32(id);
    }

    /// <summary>The id by which receivers find the key. It reveals nothing about the key.</summary>
    public uint Id { get; }

    /// <summary>Derives the key for one use.</summary>
    public void Derive(ReadOnlySpan<byte> use, Span<byte> key) =>
        HKDF.Expand(HashAlgorithmName.SHA256, _material, key, use);
}
