using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>
/// Reads from the database what feeds lack. At most one read is in progress for a chat and a place in its history,
/// however many subscribers wait for it, and its result fills the window for all. Thread-safe.
/// </summary>
internal sealed class CatchUpReader(IChatStore store, FeedOptions options, TimeProvider time)
{
    private readonly SingleFlight<ChatId, CatchUpKey, CatchUpPage?> _pages = new(options.ReadTimeout, time);
    private readonly SingleFlight<ChatId, int, Chat?> _chats = new(options.ReadTimeout, time);

    /// <summary>
    /// Reads the messages that a look has missed. Null if there is nothing to read any more: the chat is gone, or the
    /// messages have arrived.
    /// </summary>
    public Task<CatchUpPage?> ReadAsync(Feed feed, FeedLook miss, CancellationToken cancellationToken) =>
        _pages.RunAsync(
            feed.Id,
            miss.CatchUp,
            underWay => Serves(underWay, miss.CatchUp),
            ct => ReadPageAsync(feed, miss, ct),
            cancellationToken);

    /// <summary>
    /// Loads the state that a feed lacks, repeatedly until the feed is no longer in doubt. A load that was already in
    /// progress may have started before the doubt that it should settle.
    /// </summary>
    public async Task<Chat?> LoadPresentAsync(Feed feed, CancellationToken cancellationToken)
    {
        feed.HoldState();
        try
        {
            while (true)
            {
                await LoadAsync(feed, cancellationToken).ConfigureAwait(false);
                if (feed.IsDeleted)
                {
                    return null;
                }

                if (feed.TryGetChat() is { } present)
                {
                    return present;
                }
            }
        }
        finally
        {
            feed.ReleaseState();
        }
    }

    /// <summary>Loads the state that a feed lacks.</summary>
    public Task<Chat?> LoadAsync(Feed feed, CancellationToken cancellationToken) =>
        _chats.RunAsync(feed.Id, 0, static _ => true, ct => LoadChatAsync(feed, ct), cancellationToken);

    /// <summary>
    /// A read that starts at the wanted place, or a little before it, will most likely reach it. If it does not, the
    /// subscriber asks again.
    /// </summary>
    private bool Serves(CatchUpKey underWay, CatchUpKey wanted) =>
        underWay.Epoch == wanted.Epoch
            && underWay.AfterId <= wanted.AfterId
            && wanted.AfterId - underWay.AfterId < options.CatchUpMessages;

    private async Task<CatchUpPage?> ReadPageAsync(Feed feed, FeedLook miss, CancellationToken cancellationToken)
    {
        if (miss.MayComeInline)
        {
            // The state was loaded before the notification arrived that most likely brings the messages. Waiting for it
            // saves the read, once for all subscribers.
            await feed.WaitAsync(miss.Revision, options.InlinePatience, cancellationToken).ConfigureAwait(false);
            if (feed.Covers(miss.CatchUp))
            {
                return null;
            }
        }

        var wanted = miss.CatchUp;
        var query = MessageQuery.After(wanted.AfterId, options.CatchUpMessages, miss.Reason) with
        {
            MaxBytes = options.CatchUpBytes,
        };
        var read = await store.ReadMessagesAsync(feed.Id, query, cancellationToken).ConfigureAwait(false);
        if (read is null)
        {
            feed.MarkDeleted();
            return null;
        }

        var events = read.Messages.Select(message => StreamEvents.Message(feed.Id, read.Epoch, message, publishedAt: 0))
            .ToArray();
        var page = new CatchUpPage(read.Epoch, read.Version, wanted.AfterId, events) { CommitId = read.CommitId };
        feed.Fill(page);
        return page;
    }

    private async Task<Chat?> LoadChatAsync(Feed feed, CancellationToken cancellationToken)
    {
        var load = feed.BeginLoad();
        var chat = await store.LoadAsync(feed.Id, cancellationToken).ConfigureAwait(false);
        feed.CompleteLoad(chat, load);
        return chat;
    }
}
