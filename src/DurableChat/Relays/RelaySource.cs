using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Relays;

/// <summary>The sending end: reads the answer in flight out of this replica's feed, for another replica. A cursor and nothing else, like a subscriber. Thread-safe.</summary>
public sealed class RelaySource
{
    private readonly FeedRegistry _feeds;

    internal RelaySource(FeedRegistry feeds) => _feeds = feeds;

    /// <summary>Gives the parts after a place, those that follow, and the progress of tools, until this replica drives the chat no longer. Null stands for a moment in which there is nothing more to send.</summary>
    public async IAsyncEnumerable<RelayFrame?> ReadAsync(ChatId chat, long generation, long afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var pin = _feeds.TryPin(chat);
        var progress = 0L;
        while (pin is not null && pin.Feed.LookForRelay(ref generation, ref afterSeq, ref progress, out var frame, out var revision))
        {
            yield return frame;
            if (frame is null)
            {
                await pin.Feed.WaitAsync(revision, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
