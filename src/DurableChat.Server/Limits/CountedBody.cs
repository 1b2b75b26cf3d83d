using DurableChat.Providers.Http;

namespace DurableChat.Server.Limits;

/// <summary>A request body that says how many bytes of it have come.</summary>
/// <param name="inner">The body.</param>
/// <param name="onBytes">
/// Is given the number of bytes before and after each piece; may throw to end the reading.
/// </param>
internal sealed class CountedBody(Stream inner, Action<(long Before, long Now)> onBytes) : ReadOnlyStream(inner)
{
    private long _bytes;

    /// <inheritdoc/>
    protected override int MaxRead(int wanted) => wanted;

    /// <inheritdoc/>
    protected override void See(ReadOnlySpan<byte> bytes)
    {
        var before = _bytes;
        _bytes += bytes.Length;
        onBytes((before, _bytes));
    }
}
