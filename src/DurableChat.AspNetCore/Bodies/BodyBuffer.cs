using System.Buffers;

namespace DurableChat.AspNetCore.Bodies;

/// <summary>
/// The bytes of one body, in one piece that is lent and given back. What is announced takes no memory before the
/// first of it has come. Not thread-safe.
/// </summary>
internal sealed class BodyBuffer : IDisposable
{
    /// <summary>How much memory is taken for a body before it has come.</summary>
    private const int MaxBytesAhead = 64 * 1024;

    /// <summary>How much is taken for one of unknown length.</summary>
    private const int FirstBytes = 4 * 1024;

    private readonly int? _announced;
    private byte[] _bytes;
    private int _length;

    /// <summary>Takes memory for the beginning.</summary>
    /// <param name="announced">How long the body says it is; null if it does not.</param>
    public BodyBuffer(int? announced)
    {
        _announced = announced;
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(announced ?? FirstBytes, MaxBytesAhead));
    }

    /// <summary>What has come.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Adds what has come. More than there is room for is first copied to twice the room, or to all that was announced.</summary>
    public void Write(ReadOnlySequence<byte> more)
    {
        var length = checked(_length + (int)more.Length);
        if (length > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _announced ?? (2 * _bytes.Length)));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        more.CopyTo(_bytes.AsSpan(_length));
        _length = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }
}
