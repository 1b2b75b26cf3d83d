using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Storage;

namespace DurableChat.Workers;

/// <summary>
/// Gets the history for the model: from the window if it holds enough, otherwise from the database, newest first. What
/// is read fills the window, so that a replica that starts to drive a chat reads its history only once. Thread-safe.
/// </summary>
internal sealed class HistoryReader(IChatStore store, WorkerOptions options, FeedOptions feeds)
{
    private const int PageMessages = 256;

    /// <summary>
    /// Returns the newest messages that fit the limits and the model's context. Null if they do not end with the head
    /// of the chat: the chat has moved on, or the store lacks messages.
    /// </summary>
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

        // The current turn may exceed the limits, but is useless without its question.
        var hasQuestion = false;
        while (!hasQuestion || count < options.MaxHistoryMessages)
        {
            var query = MessageQuery.Before(before, PageMessages, ReadReason.Worker) with
            {
                MaxBytes = (int)Math.Min(2L * options.MaxHistoryBytes, int.MaxValue),
            };
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
                // Fewer messages than requested: the start of the history or the byte limit is reached, and older
                // messages would not be used.
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

        // More messages would not fit into the window, so do not create events for them.
        var newest = history.Skip(history.Count - feeds.WindowMessages).ToArray();
        feed.Fill(new CatchUpPage(
            chat.Epoch,
            chat.Version,
            newest[0].PreviousId,
            [.. newest.Select(message => StreamEvents.Message(feed.Id, chat.Epoch, message, publishedAt: 0))]));
    }

    private static bool IsQuestion(Message message) => message.Role == MessageRole.User;
}
