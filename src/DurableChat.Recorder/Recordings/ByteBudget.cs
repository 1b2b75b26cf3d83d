namespace DurableChat.Recorder.Recordings;

/// <summary>How many bytes all recordings together may have of something. Thread-safe.</summary>
internal sealed class ByteBudget(long limit)
{
    private long _used;

    /// <summary>How many are taken.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes some; false if there are not enough.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    /// <summary>Gives some back.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
