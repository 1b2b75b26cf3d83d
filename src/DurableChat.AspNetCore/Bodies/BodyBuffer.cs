using System.Buffers;

namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// The bytes of one body, in memory that is lent and given back: a small body in one array, a large one in pieces.
/// Memory is taken when bytes come, not when they are announced. Not thread-safe.
/// </summary>
internal sealed class BodyBuffer : IDisposable
{
    /// <summary>How much is taken for one of unknown length.</summary>
    private const int FirstBytes = 4 * 1024;

    /// <summary>Longer bodies are joined in memory of their own.</summary>
    private const int MostKept = 16 * 1024 * 1024;

    // Large bodies are joined in the lane, so few arrays serve all. The shared pool would keep some for each thread.
    private static readonly ArrayPool<byte> _wholes = ArrayPool<byte>.Create(
        MostKept, maxArraysPerBucket: BodyLane.PlacesHere);

    private readonly List<byte[]> _pieces = [];
    private ArrayPool<byte> _poolOfFirst = ArrayPool<byte>.Shared;
    private byte[] _first;
    private int _firstLength;
    private int _lastLength = BodyPieces.Bytes;

    /// <summary>Takes memory for the beginning.</summary>
    /// <param name="announced">How long the body says it is; null if it does not.</param>
    public BodyBuffer(int? announced) =>
        _first = ArrayPool<byte>.Shared.Rent(Math.Min(announced ?? FirstBytes, BodyLane.SmallBytes));

    /// <summary>How many bytes have come.</summary>
    public int Length { get; private set; }

    /// <summary>Adds what has come.</summary>
    public void Write(ReadOnlySequence<byte> more)
    {
        foreach (var memory in more)
        {
            for (var left = memory.Span; left.Length > 0;)
            {
                var room = Room();
                var length = Math.Min(left.Length, room.Length);
                left[..length].CopyTo(room);
                left = left[length..];
                Length += length;
                if (_pieces.Count == 0)
                {
                    _firstLength += length;
                }
                else
                {
                    _lastLength += length;
                }
            }
        }
    }

    /// <summary>
    /// What has come, in one array. Of a large body this is a copy, which takes the place of its pieces.
    /// </summary>
    public ReadOnlySpan<byte> Join()
    {
        if (_pieces.Count > 0)
        {
            var whole = _wholes.Rent(Length);
            _first.AsSpan(0, _firstLength).CopyTo(whole);
            var joined = _firstLength;
            foreach (var piece in _pieces)
            {
                var length = Math.Min(piece.Length, Length - joined);
                piece.AsSpan(0, length).CopyTo(whole.AsSpan(joined));
                joined += length;
            }

            ReturnAll();
            (_first, _firstLength, _poolOfFirst) = (whole, Length, _wholes);
        }

        return _first.AsSpan(0, Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReturnAll();
        _first = [];
        _firstLength = Length = 0;
    }

    private void ReturnAll()
    {
        _pieces.ForEach(BodyPieces.Shared.Return);
        _pieces.Clear();
        _poolOfFirst.Return(_first);
    }

    /// <summary>
    /// Where the next bytes belong. Up to a small body's length the first array grows; further pieces follow it.
    /// </summary>
    private Span<byte> Room()
    {
        if (_firstLength == _first.Length && _first.Length < BodyLane.SmallBytes)
        {
            var longer = ArrayPool<byte>.Shared.Rent(2 * _first.Length);
            _first.CopyTo(longer, 0);
            ArrayPool<byte>.Shared.Return(_first);
            _first = longer;
        }

        if (_firstLength < _first.Length)
        {
            return _first.AsSpan(_firstLength);
        }

        if (_lastLength == BodyPieces.Bytes)
        {
            _pieces.Add(BodyPieces.Shared.Rent());
            _lastLength = 0;
        }

        return _pieces[^1].AsSpan(_lastLength);
    }
}
