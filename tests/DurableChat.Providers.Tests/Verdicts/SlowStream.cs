using System.Text;

namespace DurableChat.Providers.Tests.Verdicts;

/// <summary>
/// A stream that keeps the connection alive for a while before it says something, that never says anything, or that
/// breaks.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="alive">What comes every 15 seconds; null for nothing, ever.</param>
/// <param name="howLong">For how long.</param>
/// <param name="then">What comes then.</param>
/// <param name="breaks">True if the connection breaks behind that.</param>
internal sealed class SlowStream(TimeProvider time, string? alive, TimeSpan howLong, string then, bool breaks = false) : MemoryStream
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(15);
    private TimeSpan _passed;
    private byte[]? _rest;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (alive is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }

        if (_passed < howLong)
        {
            await Task.Delay(_interval, time, cancellationToken);
            _passed += _interval;
            return Encoding.UTF8.GetBytes(alive, buffer.Span);
        }

        _rest ??= Encoding.UTF8.GetBytes(then);
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.AsSpan(0, count).CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count > 0 || !breaks ? count : throw new IOException("The connection was reset.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}
