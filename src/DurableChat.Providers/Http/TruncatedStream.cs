namespace DurableChat.Providers.Http;

/// <summary>The beginning of an inner stream. Disposes of the inner stream.</summary>
internal sealed class TruncatedStream(Stream inner, int maxBytes) : ReadOnlyStream(inner)
{
    private int _left = maxBytes;

    /// <inheritdoc/>
    protected override int MaxRead(int wanted) => Math.Min(wanted, _left);

    /// <inheritdoc/>
    protected override void See(ReadOnlySpan<byte> bytes) => _left -= bytes.Length;
}
