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

    /// <summary>The newest messages that fit the limits and what the model can take; null if they do not end with the head of the chat: it has moved on meanwhile, or the store lacks messages.</summary>
    public async Task<IReadOnlyList<Message>?> ReadAsync(
        Feed feed, Chat chat, ModelDefinition? model, CancellationToken cancellationToken)
    {
        var history = feed.TryGetHistory(options.MaxHistoryMessages, options.MaxHistoryBytes);
        if (history is null || !history.Any(IsQuestion))
        {
            history = await ReadFromStoreAsync(chat, cancellationToken).ConfigureAwait(false);
            if (history is not [.., var head] || head.Id != chat.LastMessageId)
            {
                return null;
            }

            Remember(feed, chat, history);
        }

        var bytes = model?.HistoryBytes(options.MaxHistoryBytes) ?? options.MaxHistoryBytes;
        return HistoryBudget.Choose(history, options.MaxHistoryMessages, bytes);
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
            var query = MessageQuery.Before(before, PageMessages, ReadReason.Worker) with { MaxBytes = (int)Math.Min(2L * options.MaxHistoryBytes, int.MaxValue) };
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

    private void Remember(Feed feed, Chat chat, IReadOnlyList<Message> history)
    {
        if (feeds.WindowMessages == 0)
        {
            return;
        }

        // More would not fit; and what has no room is not worth making an event of.
        var newest = history.Skip(history.Count - feeds.WindowMessages).ToArray();
        feed.Fill(new CatchUpPage(chat.Epoch, chat.Version, newest[0].PreviousId, [.. newest.Select(message => StreamEvents.Message(feed.Id, chat.Epoch, message, publishedAt: 0))]));
    }

    private static bool IsQuestion(Message message) => message.Role == MessageRole.User;
}
