using System.Collections.Concurrent;
using System.Security.Cryptography;
using DurableChat.Cluster;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// Each replica signs with its own key, which never leaves its memory, and publishes the public half in the store
/// (ECDSA on P-256). So a ticket of any replica works at every other, and a copy of the store is not enough to create
/// tickets. A replica replaces its key every day. Thread-safe.
/// </summary>
internal sealed class PublishedTicketKeys(IPublicKeyStore store, TimeProvider time) : ITicketKeys, IDisposable
{
    /// <summary>The time after which a replica signs with a new key.</summary>
    internal static readonly TimeSpan RenewAfter = TimeSpan.FromDays(1);

    /// <summary>A key stays valid longer than it signs, by the lifetime of the longest ticket.</summary>
    internal static readonly TimeSpan Lifetime = RenewAfter + TimeSpan.FromHours(2);

    /// <summary>How many keys are kept in memory: enough for all replicas that are started in a day.</summary>
    private const int MaxKnown = 1024;

    /// <summary>The maximum number of lookups in the store: anyone can send tickets with invented keys.</summary>
    private const int MaxReadsPerSecond = 20;

    private readonly ConcurrentDictionary<string, PublicKey> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private readonly Lock _gate = new();
    private volatile OwnKey? _own;

    // Guarded by _gate.
    private double _readsLeft = MaxReadsPerSecond;
    private long _readAt = time.GetTimestamp();

    public async ValueTask<ITicketSigner> GetSignerAsync(CancellationToken cancellationToken)
    {
        if (_own is { } own && time.GetElapsedTime(own.MadeAt) < RenewAfter)
        {
            return own;
        }

        await _renewing.WaitAsync(cancellationToken);
        try
        {
            if (_own is not { } before || time.GetElapsedTime(before.MadeAt) >= RenewAfter)
            {
                // Callers that are still signing hold the previous key. It is collected when they are done.
                var made = new OwnKey(time.GetTimestamp());
                await store.PublishKeyAsync(made.Id, made.PublicHalf, Lifetime, cancellationToken);
                Remember(made.Id, new PublicKey(made.PublicHalf, time.GetTimestamp(), Lifetime));
                _own = made;
            }

            return _own;
        }
        finally
        {
            _renewing.Release();
        }
    }

    public async ValueTask<ITicketVerifier?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (FindKnown(id) is { } known || !MayRead())
        {
            return FindKnown(id);
        }

        if (await store.FindKeyAsync(id, cancellationToken) is not { } found)
        {
            return null;
        }

        var key = PublicKey.TryRead(found.Key.ToArray(), time.GetTimestamp(), found.Left);
        if (key is not null)
        {
            Remember(id, key);
        }

        return key;
    }

    public ITicketVerifier? FindKnown(string id)
    {
        if (!_known.TryGetValue(id, out var known))
        {
            return null;
        }

        if (time.GetElapsedTime(known.FoundAt) < known.Left)
        {
            return known;
        }

        _known.TryRemove(KeyValuePair.Create(id, known));
        return null;
    }

    public void Dispose() => _renewing.Dispose();

    private void Remember(string id, PublicKey key)
    {
        if (_known.Count >= MaxKnown)
        {
            foreach (var (other, known) in _known.OrderBy(entry =>
                entry.Value.Left - time.GetElapsedTime(entry.Value.FoundAt)).Take(MaxKnown / 4))
            {
                _known.TryRemove(KeyValuePair.Create(other, known));
            }
        }

        _known[id] = key;
    }

    private bool MayRead()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _readsLeft = Math.Min(MaxReadsPerSecond,
                _readsLeft + (time.GetElapsedTime(_readAt, now).TotalSeconds * MaxReadsPerSecond));
            _readAt = now;
            if (_readsLeft < 1)
            {
                return false;
            }

            _readsLeft--;
            return true;
        }
    }

    private sealed class OwnKey : ITicketSigner
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly Lock _signing = new();

        public OwnKey(long madeAt)
        {
            MadeAt = madeAt;
            PublicHalf = _key.ExportSubjectPublicKeyInfo();
            Id = Convert.ToHexStringLower(SHA256.HashData(PublicHalf).AsSpan(0, 8));
        }

        public string Id { get; }

        public long MadeAt { get; }

        public byte[] PublicHalf { get; }

        public byte[] Sign(ReadOnlySpan<byte> data)
        {
            lock (_signing)
            {
                return _key.SignData(data, HashAlgorithmName.SHA256);
            }
        }
    }

    private sealed class PublicKey : ITicketVerifier
    {
        private readonly ECDsa _key = ECDsa.Create();
        private readonly Lock _verifying = new();

        public PublicKey(byte[] key, long foundAt, TimeSpan left)
        {
            _key.ImportSubjectPublicKeyInfo(key, out _);
            (FoundAt, Left) = (foundAt, left);
        }

        /// <summary>Reads a key; null if its kind is unknown here, as a later version may publish.</summary>
        public static PublicKey? TryRead(byte[] key, long foundAt, TimeSpan left)
        {
            try
            {
                return new PublicKey(key, foundAt, left);
            }
            catch (Exception exception) when (exception is CryptographicException or NotSupportedException)
            {
                return null;
            }
        }

        public long FoundAt { get; }

        public TimeSpan Left { get; }

        public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
        {
            lock (_verifying)
            {
                return _key.VerifyData(data, signature, HashAlgorithmName.SHA256);
            }
        }
    }
}
