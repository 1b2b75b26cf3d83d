namespace DurableChat.Providers.Http;

/// <summary>Reports when bytes of an inner stream arrive. Disposes of the inner stream.</summary>
internal sealed class WatchedStream(Stream inner, Action onBytes) : ReadOnlyStream(inner)
{
    /// <inheritdoc/>
    protected override int MaxRead(int wanted) => wanted;

    /// <inheritdoc/>
    protected override void See(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            onBytes();
        }
    }
}
