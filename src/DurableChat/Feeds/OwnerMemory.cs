namespace DurableChat.Feeds;

/// <summary>The memory of one owner's feeds. It exists while the owner has feeds.</summary>
internal sealed class OwnerMemory(string owner)
{
    private long _bytes;
    private long _held;

    public string Owner => owner;

    /// <summary>The total memory.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Memory in use, which cannot be freed now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>
    /// The owner's feeds that can free something. The budget's lock guards this and the two members below.
    /// </summary>
    public LinkedList<FeedPlace> Line { get; } = new();

    /// <summary>How many feeds are counted here.</summary>
    public int Feeds { get; set; }

    /// <summary>True while the budget knows the owner as one above its share.</summary>
    public bool IsLarge { get; set; }

    public void Add(long bytes, long held)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _held, held);
    }
}
