namespace DurableChat.Feeds;

/// <summary>What the feeds of one owner take. It exists while the owner has feeds.</summary>
internal sealed class OwnerMemory(string owner)
{
    private long _bytes;
    private long _held;

    public string Owner => owner;

    /// <summary>All of it.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>What cannot be given back now, because it is in use.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>
    /// The owner's feeds that can give something back. The budget's lock guards it, and the two below.
    /// </summary>
    public LinkedList<FeedPlace> Line { get; } = new();

    /// <summary>How many feeds are counted here.</summary>
    public int Feeds { get; set; }

    /// <summary>True while the budget knows the owner as one with more than its share.</summary>
    public bool IsLarge { get; set; }

    public void Add(long bytes, long held)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _held, held);
    }
}
