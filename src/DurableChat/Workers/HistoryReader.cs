using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Storage;

namespace DurableChat.Workers;

/// <summary>
/// Gets the history that the model is given: from the window if it has enough, else from the database, newest first. What is read fills the window, so that a replica that has come to drive a chat
/// reads its history once. Thread-safe.
/// </summary>
internal sealed class HistoryReader(IChatStore store, WorkerOptions options, FeedOptions feeds)
{
    private const int PageMessages = 256;

    /// <summary>The newest messages that fit; null if the chat has moved on to another epoch meanwhile.</summary>
    public async Task<IReadOnlyList<Message>?> ReadAsync(Feed feed, Chat chat, CancellationToken cancellationToken)
    {
        var history = feed.TryGetHistory(options.MaxHistoryMessages, options.MaxHistoryBytes);
        if (history is null || !history.Any(IsQuestion))
        {
            history = await ReadFromStoreAsync(chat, cancellationToken).ConfigureAwait(false);
            Remember(feed, chat, history);
        }

        return history is null || history.Count == 0 || history[^1].Id != chat.LastMessageId
            ? null
            : HistoryBudget.Choose(history, options.MaxHistoryMessages, options.MaxHistoryBytes);
    }

    private async Task<IReadOnlyList<Message>?> ReadFromStoreAsync(Chat chat, CancellationToken cancellationToken)
    {
        var pages = new List<IReadOnlyList<Message>>();
        var before = chat.LastMessageId + 1;
        var count = 0;

        // What the present turn has gathered may be larger than the limits, but without its question it is worth nothing.
        var hasQuestion = false;
        while (!hasQuestion || count < options.MaxHistoryMessages)
        {
            var query = MessageQuery.Before(before, PageMessages, ReadReason.Worker) with { MaxBytes = options.MaxHistoryBytes };
            var page = await store.ReadMessagesAsync(chat.Id, query, cancellationToken).ConfigureAwait(false);
            if (page is null || page.Epoch != chat.Epoch)
            {
                return null;
            }

            if (page.Messages.Count == 0)
            {
                break;
            }

            pages.Add(page.Messages);
            count += page.Messages.Count;
            hasQuestion |= page.Messages.Any(IsQuestion);
            before = page.Messages[0].Id;
            if (page.Messages[0].PreviousId == 0 || (hasQuestion && page.Messages.Count < PageMessages))
            {
                // Fewer than asked for: the beginning is reached, or the byte limit, behind which nothing would be used.
                break;
            }
        }

        pages.Reverse();
        return [.. pages.SelectMany(page => page)];
    }

    private void Remember(Feed feed, Chat chat, IReadOnlyList<Message>? history)
    {
        if (history is not [_, ..] || feeds.WindowMessages == 0)
        {
            return;
        }

        // More would not fit; and what has no room is not worth making an event of.
        var newest = history.Skip(history.Count - feeds.WindowMessages).ToArray();
        feed.Fill(new CatchUpPage(chat.Epoch, chat.Version, newest[0].PreviousId, [.. newest.Select(message => StreamEvents.Message(feed.Id, chat.Epoch, message, publishedAt: 0))]));
    }

    private static bool IsQuestion(Message message) => message.Role == MessageRole.User;
}
