namespace DurableChat.Providers.Http;

/// <summary>Another stream that says when bytes arrive. Disposes of the other.</summary>
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
