namespace DurableChat.Providers.Http;

/// <summary>
/// Adds an empty line to the end of a stream. Some servers close without it, and their last event would be lost. An
/// event that was truncated is not valid JSON. Disposes of the inner stream.
/// </summary>
internal sealed class EndedStream(Stream inner) : ReadOnlyStream(inner)
{
    private ReadOnlyMemory<byte> _end = "\n\n"u8.ToArray();

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var length = base.Read(buffer);
        return length > 0 ? length : End(buffer);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return length > 0 ? length : End(buffer.Span);
    }

    /// <inheritdoc/>
    protected override int MaxRead(int wanted) => wanted;

    /// <inheritdoc/>
    protected override void See(ReadOnlySpan<byte> bytes)
    {
    }

    private int End(Span<byte> buffer)
    {
        var length = Math.Min(buffer.Length, _end.Length);
        _end.Span[..length].CopyTo(buffer);
        _end = _end[length..];
        return length;
    }
}
