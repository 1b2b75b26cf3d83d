using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>Finds chats by the names that clients give them, and messages by the ids that clients know. Thread-safe.</summary>
internal sealed class AiSdkHistory(ChatService chats)
{
    private const int PageSize = 100;
    private const int MaxTries = 10;

    /// <summary>Finds a chat by its id or by the client's name; null if the owner has none.</summary>
    public async Task<Chat?> FindChatAsync(string owner, string name, CancellationToken cancellationToken) =>
        (ChatId.TryParse(name, out var id) ? await chats.GetAsync(owner, id, cancellationToken) : null)
        ?? await chats.GetAsync(owner, ChatId.FromIdempotencyKey(owner, AiSdkIds.ChatKey(name)), cancellationToken);

    /// <summary>A page of the history, and the chat as it was then; null if the chat is gone.</summary>
    public async Task<(Chat Chat, MessagePage Page)?> ReadAsync(string owner, ChatId id, MessageQuery query, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await chats.GetAsync(owner, id, cancellationToken) is not { } chat || await chats.ReadMessagesAsync(owner, id, query, cancellationToken) is not { } page)
            {
                return null;
            }

            if (page.Version == chat.Version || attempt == MaxTries)
            {
                return (chat, page);
            }
        }
    }

    /// <summary>The messages from the newest user message on; empty if the chat is gone.</summary>
    public async Task<IReadOnlyList<Message>> ReadTurnAsync(string owner, ChatId id, CancellationToken cancellationToken)
    {
        var turn = new List<Message>();
        var before = long.MaxValue;
        while (await chats.ReadMessagesAsync(owner, id, MessageQuery.Before(before, PageSize, ReadReason.History), cancellationToken) is { Messages: [var first, ..] messages })
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
    /// Finds the user message that a client means: the last of those it sent. The client's own id is known for as long as idempotency keys are; ids that the server gave are known
    /// for ever, but not any more after an edit, which makes a new message. Then its place tells: it is the user message after the answer that the client shows before it.
    /// </summary>
    public async Task<Message?> FindUserMessageAsync(string owner, ChatId id, IReadOnlyList<AiSdkMessage> messages, CancellationToken cancellationToken)
    {
        var wanted = messages[^1].Id!;
        if (await FindSentAsync(owner, id, wanted, cancellationToken) is { } sent && await ReadUserAsync(owner, id, sent, cancellationToken) is { } known)
        {
            return known;
        }

        if (AiSdkIds.TryParse(wanted, out var number) && await ReadUserAsync(owner, id, number, cancellationToken) is { } named)
        {
            return named;
        }

        var (after, skip) = PlaceOf(messages);
        while (await chats.ReadMessagesAsync(owner, id, MessageQuery.After(after, PageSize, ReadReason.Edit), cancellationToken) is { Messages: [.., var last] page })
        {
            var users = page.Where(message => message.Role == MessageRole.User).ToList();
            if (users.Count > skip)
            {
                return users[skip];
            }

            skip -= users.Count;
            after = last.Id;
        }

        return null;
    }

    /// <summary>The message that a client's own id became; null if it is not known any more, or waits in the queue.</summary>
    private async Task<long?> FindSentAsync(string owner, ChatId id, string messageId, CancellationToken cancellationToken) =>
        await chats.FindRepeatedAsync(owner, id, AiSdkIds.MessageKey(messageId), cancellationToken) is { } record
            ? CommandResults.ReadOutcome(record.Outcome).MessageId
            : null;

    private async Task<Message?> ReadUserAsync(string owner, ChatId id, long messageId, CancellationToken cancellationToken) =>
        messageId > 0
        && await chats.ReadMessagesAsync(owner, id, MessageQuery.One(messageId, ReadReason.Edit), cancellationToken) is { Messages: [{ Role: MessageRole.User } message] }
            ? message
            : null;

    /// <summary>After which message the last one of a client is, and how many user messages are in between.</summary>
    private static (long After, int Skip) PlaceOf(IReadOnlyList<AiSdkMessage> messages)
    {
        var skip = 0;
        for (var i = messages.Count - 2; i >= 0; i--)
        {
            if (AiSdkIds.TryParse(messages[i].Id, out var number))
            {
                return (number, skip);
            }

            skip += messages[i].Role == "user" ? 1 : 0;
        }

        return (0, skip);
    }
}
