using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Finds chats by the client's name for them, and messages by the ids that clients know. Thread-safe.
/// </summary>
internal sealed class AiSdkHistory(ChatService chats, TimeProvider time)
{
    private const int PageSize = 100;

    /// <summary>
    /// How many pages are searched for a client's message: after an answer that the client shows, or from the end.
    /// </summary>
    private const int MaxPages = 10;

    private const int MaxTries = 10;

    /// <summary>Finds a chat by its id or by the client's name; null if the owner has no such chat.</summary>
    public async Task<Chat?> FindChatAsync(string owner, string name, CancellationToken cancellationToken) =>
        (ChatId.TryParse(name, out var id) ? await chats.GetAsync(owner, id, cancellationToken) : null)
        ?? await chats.GetAsync(owner, ChatId.FromIdempotencyKey(owner, AiSdkIds.ChatKey(name)), cancellationToken);

    /// <summary>
    /// A page of the history and the chat's state at that time; null if the chat is gone. The page is longer than
    /// requested if it would otherwise contain no user message.
    /// </summary>
    public async Task<(Chat Chat, IReadOnlyList<Message> Messages)?> ReadAsync(
        string owner,
        ChatId id,
        long before,
        int limit,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await chats.GetAsync(owner, id, cancellationToken) is not { } chat
                || await chats.ReadMessagesAsync(
                    owner,
                    id,
                    MessageQuery.Before(before, limit, ReadReason.History),
                    cancellationToken) is not { } page)
            {
                return null;
            }

            var messages = page.Messages;
            var isConsistent = page.Version == chat.Version;
            if (messages is [{ PreviousId: > 0 } first, ..]
                && messages.All(message => message.Role != MessageRole.User))
            {
                var beginning = await ReadTurnAsync(owner, id, first.Id, cancellationToken);
                isConsistent &= beginning is [.., var last] && last.Id == first.PreviousId;
                messages = [.. beginning, .. messages];
            }

            if (isConsistent || attempt == MaxTries)
            {
                return (chat, messages);
            }
        }
    }

    /// <summary>The messages from the newest user message on; empty if the chat is gone.</summary>
    public Task<IReadOnlyList<Message>> ReadTurnAsync(string owner, ChatId id, CancellationToken cancellationToken) =>
        ReadTurnAsync(owner, id, long.MaxValue, cancellationToken);

    private async Task<IReadOnlyList<Message>> ReadTurnAsync(
        string owner,
        ChatId id,
        long before,
        CancellationToken cancellationToken)
    {
        var turn = new List<Message>();
        while (await chats.ReadMessagesAsync(
            owner,
            id,
            MessageQuery.Before(before, PageSize, ReadReason.History),
            cancellationToken) is { Messages: [var first, ..] messages })
        {
            var user = messages.ToList().FindLastIndex(message => message.Role == MessageRole.User);
            turn.InsertRange(0, messages.Skip(Math.Max(user, 0)));
            if (user >= 0 || first.PreviousId == 0)
            {
                break;
            }

            before = first.Id;
        }

        return turn;
    }

    /// <summary>
    /// Finds the user message that a client refers to: the last one that it sent. The client's own ids, the numbers of
    /// queued messages and the replacements of edited messages are known as long as idempotency keys are kept. An older
    /// message is found by its place: directly after the answer that the client shows before it. Null if the server
    /// does not know the message. Then its request was lost, and another tab may have sent a message in its place.
    /// </summary>
    public async Task<Message?> FindUserMessageAsync(
        string owner,
        ChatId id,
        AiSdkMessages messages,
        CancellationToken cancellationToken)
    {
        var wanted = messages.Last!.Id!;
        var sent = await FindOutcomeAsync(owner, id, AiSdkIds.MessageKey(wanted), cancellationToken);
        if (sent?.QueuedId is { } queued)
        {
            // A message in the outcome would be a different one, which was ahead of this one in the queue.
            return await FindQueuedAsync(owner, id, queued, cancellationToken);
        }

        if ((sent?.MessageId is { } number || AiSdkIds.TryParse(wanted, out number))
            && await FindPresentAsync(owner, id, number, cancellationToken) is { } present)
        {
            return present;
        }

        var found = await FindByPlaceAsync(owner, id, messages, cancellationToken);
        return found?.CreatedAt < time.GetUtcNow() - IdempotencyRecord.Lifetime ? found : null;
    }

    /// <summary>
    /// The user message that a queued message became, or its replacement after edits; null if it is not among the
    /// newest.
    /// </summary>
    private async Task<Message?> FindQueuedAsync(
        string owner,
        ChatId id,
        long queuedId,
        CancellationToken cancellationToken)
    {
        var before = long.MaxValue;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            if (await chats.ReadMessagesAsync(
                owner,
                id,
                MessageQuery.Before(before, PageSize, ReadReason.Edit),
                cancellationToken) is not { Messages: [var first, ..] page })
            {
                return null;
            }

            if (page.FirstOrDefault(message => message.QueuedId == queuedId) is { } found)
            {
                return found;
            }

            before = first.Id;
        }

        return null;
    }

    /// <summary>
    /// A user message, or its replacement after edits. The number of reads does not grow with the number of edits.
    /// </summary>
    private async Task<Message?> FindPresentAsync(
        string owner,
        ChatId id,
        long messageId,
        CancellationToken cancellationToken)
    {
        for (long? number = messageId; number > 0;)
        {
            if (await chats.ReadMessagesAsync(
                owner,
                id,
                MessageQuery.One(number.Value, ReadReason.Edit),
                cancellationToken) is { Messages: [{ Role: MessageRole.User } message] })
            {
                return message;
            }

            if (await FindOutcomeAsync(
                owner, id, AiSdkIds.EditKey(number.Value), cancellationToken) is { PreviousId: { } previous })
            {
                return await FindNextAsync(owner, id, previous, cancellationToken);
            }

            number =
                (await FindOutcomeAsync(owner, id, AiSdkIds.OldEditKey(number.Value), cancellationToken))?.MessageId;
        }

        return null;
    }

    /// <summary>The user message directly after a message; null if that message itself is gone.</summary>
    private async Task<Message?> FindNextAsync(
        string owner,
        ChatId id,
        long previous,
        CancellationToken cancellationToken) =>
        await chats.ReadMessagesAsync(
            owner,
            id,
            MessageQuery.After(previous, 1, ReadReason.Edit),
            cancellationToken) is { Messages: [{ Role: MessageRole.User } next] }
        && next.PreviousId == previous
            ? next
            : null;

    /// <summary>
    /// A place counts only after an answer that the server knows: the client may have sent only the end of its history.
    /// </summary>
    private async Task<Message?> FindByPlaceAsync(
        string owner,
        ChatId id,
        AiSdkMessages messages,
        CancellationToken cancellationToken) =>
        messages.Known > 0 && await FindPresentAsync(owner, id, messages.Known, cancellationToken) is { } known
            ? await FindBehindAsync(owner, id, known.Id, messages.UsersSince, cancellationToken)
            : null;

    private async Task<Message?> FindBehindAsync(
        string owner,
        ChatId id,
        long messageId,
        int skip,
        CancellationToken cancellationToken)
    {
        for (var pages = 0; pages < MaxPages; pages++)
        {
            if (await chats.ReadMessagesAsync(
                owner,
                id,
                MessageQuery.After(messageId, PageSize, ReadReason.Edit),
                cancellationToken) is not { Messages: [.., var last] page })
            {
                return null;
            }

            var users = page.Where(message => message.Role == MessageRole.User).ToList();
            if (users.Count > skip)
            {
                return users[skip];
            }

            skip -= users.Count;
            messageId = last.Id;
        }

        return null;
    }

    /// <summary>The result of an earlier request; null if it is unknown or no longer known.</summary>
    private async Task<AiSdkOutcome?> FindOutcomeAsync(
        string owner,
        ChatId id,
        string key,
        CancellationToken cancellationToken) =>
        await chats.FindRepeatedAsync(owner, id, key, cancellationToken) is { } record
            ? AiSdkOutcome.Read(record.Outcome)
            : null;
}
