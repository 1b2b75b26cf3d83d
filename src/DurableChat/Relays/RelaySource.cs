using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Relays;

/// <summary>
/// The sending end of a relay. It reads the answer in flight from this replica's feed, for another replica. Like a
/// subscriber, it is only a cursor. Thread-safe.
/// </summary>
public sealed class RelaySource
{
    private readonly FeedRegistry _feeds;

    internal RelaySource(FeedRegistry feeds) => _feeds = feeds;

    /// <summary>
    /// Returns the parts after a place, all later parts, and the progress of tools, until this replica no longer drives
    /// the chat. Null means that there is nothing more to send at the moment.
    /// </summary>
    public async IAsyncEnumerable<RelayFrame?> ReadAsync(
        ChatId chat,
        long generation,
        long afterSeq,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var pin = _feeds.TryPin(chat);
        var progress = 0L;
        while (pin is not null
            && pin.Feed.LookForRelay(ref generation, ref afterSeq, ref progress, out var frame, out var revision))
        {
            yield return frame;
            if (frame is null)
            {
                await pin.Feed.WaitAsync(revision, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
