namespace DurableChat.Providers.Http;

/// <summary>
/// Another stream of Server-Sent Events, as long as none of its events, and not all of them together, are larger than allowed: then reading it throws a <see cref="FormatException"/>. An event ends
/// with an empty line (WHATWG HTML, 9.2.5). Disposes of the other.
/// </summary>
internal sealed class EventLimitStream(Stream inner, int maxEventBytes, long maxBytes, string what = "The model's answer") : ReadOnlyStream(inner)
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
            // The other half of one line's end.
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
