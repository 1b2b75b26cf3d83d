namespace DurableChat.Feeds;

/// <summary>The budget's data about one feed.</summary>
internal sealed class FeedPlace
{
    public FeedPlace(Feed feed)
    {
        Feed = feed;
        InAll = new LinkedListNode<FeedPlace>(this);
        InOwner = new LinkedListNode<FeedPlace>(this);
    }

    public Feed Feed { get; }

    // Guarded by the feed's lock.
    public long Bytes { get; set; }

    public long Freeable { get; set; }

    public OwnerMemory? Owner { get; set; }

    // Guarded by the budget's lock. IsInLine may be read without it.
    public LinkedListNode<FeedPlace> InAll { get; }

    public LinkedListNode<FeedPlace> InOwner { get; }

    public bool IsInLine { get => Volatile.Read(ref _isInLine); set => Volatile.Write(ref _isInLine, value); }

    /// <summary>When the feed took its place in the line.</summary>
    public long Since { get; set; }

    private bool _isInLine;

    /// <summary>Counts the feed's current memory, unless nothing has changed. Needs the feed's lock.</summary>
    public void Count(FeedBudget budget, string? owner, long bytes, long freeable)
    {
        if (bytes != Bytes || freeable != Freeable || (freeable > 0 && !IsInLine))
        {
            budget.Count(this, owner, bytes, freeable);
        }
    }
}
