namespace DurableChat.Recorder.Recordings;

/// <summary>A limit on the bytes that all recordings use together. Thread-safe.</summary>
internal sealed class ByteBudget(long limit)
{
    private long _used;

    /// <summary>The number of bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes; false if not enough are left.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    /// <summary>Returns bytes.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
