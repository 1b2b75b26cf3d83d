namespace DurableChat.ScaleTest.Mock;

/// <summary>
/// Says when chunks are due. The times are counted from the beginning of the answer, so a busy machine does not stretch
/// it: chunks that are late go out together. For one answer; not thread-safe.
/// </summary>
internal sealed class MockPacer(MockOptions options, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Waits for chunk <paramref name="index"/>; completes at once if it is due.</summary>
    public ValueTask WaitAsync(int index, CancellationToken cancellationToken)
    {
        var left = options.FirstToken + (index * options.ChunkDelay) - time.GetElapsedTime(_started);
        return left > TimeSpan.FromMilliseconds(0.5)
            ? new ValueTask(Task.Delay(left, time, cancellationToken))
            : ValueTask.CompletedTask;
    }
}
