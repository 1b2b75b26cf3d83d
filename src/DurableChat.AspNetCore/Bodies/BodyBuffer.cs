using System.Buffers;

namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// The bytes of one body, in pieces that are lent and given back. All large pieces have one length, so that bodies of
/// every length use the same memory again. Memory is taken when bytes come, not when they are announced. Not
/// thread-safe.
/// </summary>
internal sealed class BodyBuffer : IDisposable
{
    /// <summary>The length of a large piece. A body that is not large is one piece.</summary>
    private const int PieceBytes = 256 * 1024;

    /// <summary>How much is taken for one of unknown length.</summary>
    private const int FirstBytes = 4 * 1024;

    private readonly List<byte[]> _full = [];
    private byte[] _last;
    private int _lastLength;

    /// <summary>Takes memory for the beginning.</summary>
    /// <param name="announced">How long the body says it is; null if it does not.</param>
    public BodyBuffer(int? announced) => _last = ArrayPool<byte>.Shared.Rent(Math.Min(announced ?? FirstBytes, BodyLane.SmallBytes));

    /// <summary>How many bytes have come.</summary>
    public int Length { get; private set; }

    /// <summary>Adds what has come.</summary>
    public void Write(ReadOnlySequence<byte> more)
    {
        foreach (var memory in more)
        {
            for (var left = memory.Span; left.Length > 0;)
            {
                if (_lastLength == _last.Length)
                {
                    MakeRoom();
                }

                var length = Math.Min(left.Length, _last.Length - _lastLength);
                left[..length].CopyTo(_last.AsSpan(_lastLength));
                left = left[length..];
                _lastLength += length;
                Length += length;
            }
        }
    }

    /// <summary>What has come, in one piece. Of a large body this is a copy, which takes the place of its pieces.</summary>
    public ReadOnlySpan<byte> Join()
    {
        if (_full.Count > 0)
        {
            var whole = ArrayPool<byte>.Shared.Rent(Length);
            var joined = 0;
            foreach (var piece in _full)
            {
                piece.CopyTo(whole, joined);
                joined += piece.Length;
                ArrayPool<byte>.Shared.Return(piece);
            }

            _full.Clear();
            _last.AsSpan(0, _lastLength).CopyTo(whole.AsSpan(joined));
            ArrayPool<byte>.Shared.Return(_last);
            _last = whole;
            _lastLength = Length;
        }

        return _last.AsSpan(0, Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _full.ForEach(piece => ArrayPool<byte>.Shared.Return(piece));
        _full.Clear();
        ArrayPool<byte>.Shared.Return(_last);
        _last = [];
        _lastLength = Length = 0;
    }

    /// <summary>A first piece that has become full is replaced by a longer one; later ones are kept.</summary>
    private void MakeRoom()
    {
        if (_last.Length >= PieceBytes)
        {
            _full.Add(_last);
            _last = ArrayPool<byte>.Shared.Rent(PieceBytes);
            _lastLength = 0;
            return;
        }

        var longer = ArrayPool<byte>.Shared.Rent(_last.Length < BodyLane.SmallBytes ? 2 * _last.Length : PieceBytes);
        _last.CopyTo(longer, 0);
        ArrayPool<byte>.Shared.Return(_last);
        _last = longer;
    }
}
