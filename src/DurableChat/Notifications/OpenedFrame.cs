using System.Buffers;

namespace DurableChat.Notifications;

/// <summary>The content of a frame. Dispose it once, and do not use it afterwards: its memory is pooled.</summary>
internal readonly struct OpenedFrame : IDisposable
{
    private readonly byte[]? _lent;
    private readonly int _length;

    public OpenedFrame(SealTrust trust, SealedKind kind = default, byte[]? lent = null, int length = 0)
    {
        Trust = trust;
        Kind = kind;
        _lent = lent;
        _length = length;
    }

    public SealTrust Trust { get; }

    public SealedKind Kind { get; }

    /// <summary>The content. Empty unless it is <see cref="SealTrust.Fresh"/> or <see cref="SealTrust.Old"/>.</summary>
    public ReadOnlySpan<byte> Content => _lent.AsSpan(0, _length);

    public void Dispose()
    {
        if (_lent is not null)
        {
            ArrayPool<byte>.Shared.Return(_lent);
        }
    }
}
