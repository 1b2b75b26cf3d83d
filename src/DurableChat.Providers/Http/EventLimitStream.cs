namespace DurableChat.Providers.Http;

/// <summary>
/// Limits a stream of Server-Sent Events. If an event, or all of them together, exceed the limit, reading throws a
/// <see cref="FormatException"/>. An event ends with an empty line (WHATWG HTML, 9.2.5). Disposes of the inner stream.
/// </summary>
internal sealed class EventLimitStream(
    Stream inner,
    int maxEventBytes,
    long maxBytes,
    string what = "The model's answer") : ReadOnlyStream(inner)
{
    private const byte CarriageReturn = (byte)'\r', LineFeed = (byte)'\n';

    private long _bytes;
    private int _eventBytes;
    private bool _isLineEmpty = true;
    private bool _isAfterCarriageReturn;

    /// <inheritdoc/>
    protected override int MaxRead(int wanted) => wanted;

    /// <inheritdoc/>
    protected override void See(ReadOnlySpan<byte> bytes)
    {
        _bytes += bytes.Length;
        while (!bytes.IsEmpty)
        {
            var lineEnd = bytes.IndexOfAny(LineFeed, CarriageReturn);
            var text = lineEnd < 0 ? bytes.Length : lineEnd;
            _eventBytes += text;
            _isLineEmpty &= text == 0;
            _isAfterCarriageReturn &= text == 0;
            RefuseTooLarge();
            if (lineEnd < 0)
            {
                return;
            }

            EndLine(bytes[lineEnd]);
            bytes = bytes[(lineEnd + 1)..];
        }
    }

    private void EndLine(byte end)
    {
        if (end == LineFeed && _isAfterCarriageReturn)
        {
            // The second half of a line ending (CR LF).
            _isAfterCarriageReturn = false;
            return;
        }

        _eventBytes = _isLineEmpty ? 0 : _eventBytes + 1;
        _isLineEmpty = true;
        _isAfterCarriageReturn = end == CarriageReturn;
    }

    private void RefuseTooLarge()
    {
        if (_eventBytes > maxEventBytes || _bytes > maxBytes)
        {
            throw new FormatException($"{what} is too large.");
        }
    }
}
