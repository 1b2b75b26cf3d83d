namespace DurableChat.Server.Models;

/// <summary>Another stream, as long as none of its lines is longer than allowed: then reading it throws a <see cref="FormatException"/>. Disposes of it.</summary>
internal sealed class LineLimitStream(Stream inner, int maxLineBytes) : ReadOnlyStream(inner)
{
    private int _lineBytes;

    /// <inheritdoc/>
    protected override int MaxRead(int wanted) => wanted;

    /// <inheritdoc/>
    protected override void See(ReadOnlySpan<byte> bytes)
    {
        var lineEnd = bytes.LastIndexOfAny((byte)'\n', (byte)'\r');
        _lineBytes = lineEnd < 0 ? _lineBytes + bytes.Length : bytes.Length - lineEnd - 1;
        if (_lineBytes > maxLineBytes)
        {
            throw new FormatException("A line of the model's answer is too long.");
        }
    }
}
