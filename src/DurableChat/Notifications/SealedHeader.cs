using System.Buffers.Binary;

namespace DurableChat.Notifications;

/// <summary>
/// The unencrypted header of a frame. All of it is associated data: a frame with a changed header does not open.
/// <code>
/// version 1 | kind 1 | key 4 | sender 12 | counter 8, random 4 (together the nonce) | sent at 8
/// </code>
/// </summary>
internal readonly ref struct SealedHeader
{
    public const int Length = SentAt + sizeof(long);

    public const int SenderBytes = 12;

    public const int NonceBytes = 12;

    public const byte Version = 1;

    private const int Key = 2;
    private const int Sender = Key + sizeof(uint);
    private const int Nonce = Sender + SenderBytes;
    private const int SentAt = Nonce + NonceBytes;

    private readonly ReadOnlySpan<byte> _bytes;

    public SealedHeader(ReadOnlySpan<byte> frame) => _bytes = frame[..Length];

    /// <summary>The header's bytes in the frame.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool IsKnown => _bytes[0] == Version && (SealedKind)_bytes[1] is SealedKind.News or SealedKind.Probe;

    public SealedKind KindOf => (SealedKind)_bytes[1];

    public uint KeyId => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[Key..]);

    public ReadOnlySpan<byte> SenderOf => _bytes.Slice(Sender, SenderBytes);

    public ReadOnlySpan<byte> NonceOf => _bytes.Slice(Nonce, NonceBytes);

    public ulong Counter => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[Nonce..]);

    /// <summary>In milliseconds since 1970, by the cluster's clock.</summary>
    public long SentAtMilliseconds => BinaryPrimitives.ReadInt64LittleEndian(_bytes[SentAt..]);

    public static void Write(Span<byte> frame, SealedKind kind, uint key, ReadOnlySpan<byte> sender, ulong counter,
        ReadOnlySpan<byte> random, long sentAt)
    {
        frame[0] = Version;
        frame[1] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[Key..], key);
        sender.CopyTo(frame[Sender..]);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[Nonce..], counter);
        random.CopyTo(frame[(Nonce + sizeof(ulong))..SentAt]);
        BinaryPrimitives.WriteInt64LittleEndian(frame[SentAt..], sentAt);
    }
}
