namespace DurableChat.Providers.Http;

/// <summary>
/// A stream that passes on the bytes of an inner stream and sees all of them. Disposes of the inner stream.
/// </summary>
internal abstract class ReadOnlyStream(Stream inner) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        buffer = buffer[..MaxRead(buffer.Length)];
        if (buffer.IsEmpty)
        {
            // The inner stream would wait until it has data.
            return 0;
        }

        var length = inner.Read(buffer);
        See(buffer[..length]);
        return length;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer = buffer[..MaxRead(buffer.Length)];
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var length = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        See(buffer.Span[..length]);
        return length;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>How many of the wanted bytes may be read now.</summary>
    protected abstract int MaxRead(int wanted);

    /// <summary>Called with the bytes that were read.</summary>
    protected abstract void See(ReadOnlySpan<byte> bytes);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
