namespace DurableChat.Feeds;

/// <summary>
/// Keeps a feed in memory: until it is disposed, the feed is the only one of its chat and is not removed. Dispose once.
/// </summary>
internal sealed class FeedPin(FeedRegistry registry, Feed feed) : IDisposable
{
    private int _released;

    public Feed Feed => feed;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            registry.Unpin(feed);
        }
    }
}
