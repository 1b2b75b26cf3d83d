namespace DurableChat.AspNetCore.WebSockets;

/// <summary>
/// Counts the bytes that a client sends over a WebSocket. The allowance refills evenly within a minute. One reader at a
/// time; <see cref="Exceeded"/> from any thread.
/// </summary>
internal sealed class ClientMeter(int bytesPerMinute, TimeProvider time)
{
    private readonly TaskCompletionSource _exceeded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private double _left = bytesPerMinute;
    private long _countedAt = time.GetTimestamp();

    /// <summary>Completes when the client has sent more than its allowance.</summary>
    public Task Exceeded => _exceeded.Task;

    /// <summary>Counts bytes; false if they exceed the allowance.</summary>
    public bool TryTake(int bytes)
    {
        var now = time.GetTimestamp();
        var back = time.GetElapsedTime(_countedAt, now).TotalMinutes * bytesPerMinute;
        _left = Math.Min(bytesPerMinute, _left + back) - bytes;
        _countedAt = now;
        if (_left < 0)
        {
            _exceeded.TrySetResult();
        }

        return _left >= 0;
    }
}
