using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DurableChat.Cluster;

namespace DurableChat.Notifications;

/// <summary>
/// Encrypts and authenticates notifications, so that nothing outside the cluster can read or forge them. Anyone who
/// reaches the channel can read, drop, repeat and invent payloads.
/// <list type="number">
/// <item>A frame is encrypted and authenticated as a whole (AES-256-GCM), including the chat and its owner, so no part
/// of it can be exchanged for a part of another frame.</item>
/// <item>Each process has its own key, derived from the cluster's secret and a random name. Its nonces count up, so
/// none is used twice with one key. A random part keeps that true for a process that was copied while it ran.</item>
/// <item>The counter also detects repeated frames. From a process that is not known yet, only frames of the last
/// minutes count as fresh, by the clock that the replicas share.</item>
/// <item>The frame contains the id of its key, so that two secrets can be in use during a rotation.</item>
/// </list>
/// Thread-safe.
/// </summary>
internal sealed class NotificationSeal : IDisposable
{
    /// <summary>The maximum age of a process's first frame.</summary>
    public static readonly TimeSpan OldestFirst = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How many processes are remembered. Above that, the process that has been silent for longest is forgotten.
    /// </summary>
    public const int MaxSenders = 1024;

    private const int TagBytes = 16;
    private const int OverheadBytes = SealedHeader.Length + TagBytes;
    private const int KeyBytes = 32;

    private readonly ClusterKeys _keys;
    private readonly Lock _lock = new();
    private readonly byte[] _name = RandomNumberGenerator.GetBytes(SealedHeader.SenderBytes);
    private readonly Dictionary<(uint Key, UInt128 Name), SealedSender> _senders = [];

    // Guarded by _lock, like _senders, because a cipher must be used by one thread at a time.
    private (ClusterKey Key, AesGcm Cipher)? _own;
    private ulong _counter;
    private long _heard;

    public NotificationSeal(ClusterKeys keys) => _keys = keys;

    /// <summary>The maximum size of content whose frame fits into a payload.</summary>
    public static int MaxContentBytes(int maxPayloadBytes) =>
        Math.Max(0, (int)(maxPayloadBytes * 6L / 8) - OverheadBytes);

    /// <summary>Reads the keys on first use. Call it before sealing anything.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public async ValueTask ReadyAsync(CancellationToken cancellationToken) =>
        await _keys.GetAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Reads the keys again if they are old.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public Task RefreshIfOldAsync(CancellationToken cancellationToken) => _keys.RefreshIfOldAsync(cancellationToken);

    /// <summary>Reads the keys again because none matched, unless they were read a moment ago.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public Task RefreshAsync(CancellationToken cancellationToken) => _keys.RefreshAsync(cancellationToken);

    /// <summary>Seals content with the newest key.</summary>
    /// <exception cref="InvalidOperationException">The keys have not been read.</exception>
    public string Seal(string content, SealedKind kind)
    {
        var key = _keys.All is [var newest, ..]
            ? newest
            : throw new InvalidOperationException("The keys have not been read.");
        var length = Encoding.UTF8.GetByteCount(content);
        var lent = ArrayPool<byte>.Shared.Rent(OverheadBytes + (2 * length));
        try
        {
            var frame = lent.AsSpan(0, OverheadBytes + length);
            var plain = lent.AsSpan(OverheadBytes + length, length);
            Encoding.UTF8.GetBytes(content, plain);
            Span<byte> random = stackalloc byte[sizeof(uint)];
            RandomNumberGenerator.Fill(random);
            lock (_lock)
            {
                SealedHeader.Write(frame, kind, key.Id, _name, ++_counter, random, _keys.Now.ToUnixTimeMilliseconds());
                OwnCipherLocked(key).Encrypt(new SealedHeader(frame).NonceOf, plain,
                    frame.Slice(SealedHeader.Length, length), frame[^TagBytes..], frame[..SealedHeader.Length]);
            }

            return Base64Url.EncodeToString(frame);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lent, clearArray: true);
        }
    }

    /// <summary>Opens a received payload. The caller must dispose the result.</summary>
    /// <param name="payload">The received payload.</param>
    /// <param name="lacksKey">True if the payload may use a secret that is not known here yet.</param>
    public OpenedFrame Open(string payload, out bool lacksKey)
    {
        lacksKey = false;
        if (!Base64Url.IsValid(payload, out var length) || length < OverheadBytes)
        {
            return default;
        }

        var lent = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return Base64Url.TryDecodeFromChars(payload, lent, out _)
                ? OpenFrame(lent.AsSpan(0, length), out lacksKey)
                : default;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lent);
        }
    }

    /// <summary>True for a probe of any replica. Does not open it.</summary>
    public static bool IsProbe(string payload)
    {
        // Four base64 characters are three bytes: the version, the kind, and the first byte of the key id.
        Span<byte> first = stackalloc byte[3];
        return payload.Length >= 4
            && Base64Url.IsValid(payload.AsSpan(0, 4))
            && Base64Url.TryDecodeFromChars(payload.AsSpan(0, 4), first, out _)
            && first[0] == SealedHeader.Version && first[1] == (byte)SealedKind.Probe;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _own?.Cipher.Dispose();
            _own = null;
            foreach (var sender in _senders.Values)
            {
                sender.Dispose();
            }

            _senders.Clear();
        }
    }

    private static AesGcm CipherOf(ClusterKey key, ReadOnlySpan<byte> sender)
    {
        ReadOnlySpan<byte> use = "notifications 1 "u8;
        Span<byte> info = stackalloc byte[use.Length + SealedHeader.SenderBytes];
        use.CopyTo(info);
        sender.CopyTo(info[use.Length..]);
        Span<byte> derived = stackalloc byte[KeyBytes];
        key.Derive(info, derived);
        var cipher = new AesGcm(derived, TagBytes);
        CryptographicOperations.ZeroMemory(derived);
        return cipher;
    }

    private static UInt128 NameOf(ReadOnlySpan<byte> sender)
    {
        Span<byte> wide = stackalloc byte[16];
        wide.Clear();
        sender.CopyTo(wide);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(wide);
    }

    private AesGcm OwnCipherLocked(ClusterKey key)
    {
        if (_own is not { } own || own.Key != key)
        {
            _own?.Cipher.Dispose();
            _own = own = (key, CipherOf(key, _name));
        }

        return own.Cipher;
    }

    private OpenedFrame OpenFrame(ReadOnlySpan<byte> frame, out bool lacksKey)
    {
        var header = new SealedHeader(frame);
        lacksKey = false;
        if (!header.IsKnown)
        {
            return default;
        }

        // A replica uses only its own probes.
        if (header.KindOf == SealedKind.News && header.SenderOf.SequenceEqual(_name))
        {
            return new OpenedFrame(SealTrust.Own, header.KindOf);
        }

        var id = header.KeyId;
        var key = _keys.All.FirstOrDefault(known => known.Id == id);
        lacksKey = key is null;
        return key is null ? default : OpenUnder(key, header, frame[SealedHeader.Length..]);
    }

    private OpenedFrame OpenUnder(ClusterKey key, SealedHeader header, ReadOnlySpan<byte> body)
    {
        var content = body[..^TagBytes];
        var place = (key.Id, NameOf(header.SenderOf));
        var lent = ArrayPool<byte>.Shared.Rent(Math.Max(1, content.Length));
        lock (_lock)
        {
            var isKnown = _senders.TryGetValue(place, out var sender);
            var cipher = sender?.Cipher ?? CipherOf(key, header.SenderOf);
            var isKept = isKnown;
            try
            {
                cipher.Decrypt(header.NonceOf, content, body[^TagBytes..], lent.AsSpan(0, content.Length),
                    header.Bytes);
                var trust = header.KindOf == SealedKind.Probe
                    ? SealTrust.Fresh
                    : isKnown
                    ? TakeLocked(sender!, header.Counter)
                    : BeginLocked(place, header, cipher, out isKept);
                if (trust is not SealTrust.Repeated)
                {
                    return new OpenedFrame(trust, header.KindOf, lent, content.Length);
                }

                ArrayPool<byte>.Shared.Return(lent);
                return new OpenedFrame(trust, header.KindOf);
            }
            catch (AuthenticationTagMismatchException)
            {
                ArrayPool<byte>.Shared.Return(lent);
                return default;
            }
            finally
            {
                if (!isKept)
                {
                    cipher.Dispose();
                }
            }
        }
    }

    private SealTrust TakeLocked(SealedSender sender, ulong counter)
    {
        sender.HeardAt = ++_heard;
        return sender.TryTake(counter) ? SealTrust.Fresh : SealTrust.Repeated;
    }

    private SealTrust BeginLocked((uint Key, UInt128 Name) place, SealedHeader header, AesGcm cipher, out bool isKept)
    {
        // A recording of a process that ended long ago must not be accepted by a replica that never received its
        // frames.
        var age = _keys.Now.ToUnixTimeMilliseconds() - header.SentAtMilliseconds;
        isKept = Math.Abs(age) <= OldestFirst.TotalMilliseconds;
        if (!isKept)
        {
            return SealTrust.Old;
        }

        if (_senders.Count >= MaxSenders)
        {
            var silent = _senders.MinBy(entry => entry.Value.HeardAt);
            _senders.Remove(silent.Key);
            silent.Value.Dispose();
        }

        var sender = new SealedSender(cipher) { HeardAt = ++_heard };
        sender.Begin(header.Counter);
        _senders.Add(place, sender);
        return SealTrust.Fresh;
    }
}
