using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Notifications;
using DurableChat.Storage;
using DurableChat.Watching;
using DurableChat.Workers;
using Polly;

namespace DurableChat;

/// <summary>
/// What an owner can do with chats: the one door for hosts. Every method takes the owner who asks, and treats a chat of another owner like one that does not
/// exist. Thread-safe. Methods throw <see cref="ChatStoreException"/> if the database fails.
/// </summary>
public sealed class ChatService
{
    private readonly IChatStore _store;
    private readonly FeedRegistry _feeds;
    private readonly CatchUpReader _reader;
    private readonly ChatCommitter _committer;
    private readonly Worker _worker;
    private readonly OwnerFeedRegistry _ownerFeeds;
    private readonly ChannelState _channel;
    private readonly FeedMetrics _metrics;
    private readonly ResiliencePipeline _retry;
    private readonly TimeProvider _time;

    internal ChatService(
        IChatStore store,
        FeedRegistry feeds,
        CatchUpReader reader,
        ChatCommitter committer,
        Worker worker,
        OwnerFeedRegistry ownerFeeds,
        ModelCatalog models,
        ChannelState channel,
        FeedMetrics metrics,
        ResiliencePipeline retry,
        TimeProvider time)
    {
        _store = store;
        _feeds = feeds;
        _reader = reader;
        _committer = committer;
        _worker = worker;
        _ownerFeeds = ownerFeeds;
        _channel = channel;
        _metrics = metrics;
        _retry = retry;
        _time = time;
        Models = models;
    }

    /// <summary>The models that chats can name.</summary>
    public ModelCatalog Models { get; }

    /// <summary>Creates a chat with its first message and runs it; with a history alone it waits.</summary>
    /// <param name="owner">Whose chat.</param>
    /// <param name="chat">What it begins with.</param>
    /// <param name="idempotency">Set if a repeated request must not make a second chat.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<CommandResult> CreateAsync(string owner, NewChat chat, IdempotencyRequest? idempotency, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chat);
        var model = chat.Model ?? Models.Default.Name;
        if (!Models.TryGet(model, out _))
        {
            return Task.FromResult<CommandResult>(new CommandResult.Refused(new Refusal(RefusalCode.InvalidField, $"There is no model named '{model}'.", "model")));
        }

        var id = (chat.Key ?? idempotency?.Key) is { } key ? ChatId.FromIdempotencyKey(owner, key) : ChatId.Create(_time.GetUtcNow());
        var command = new CreateChat(id, owner, chat.Content, model) { Title = chat.Title, History = chat.History, ClientTools = chat.ClientTools, ClaimBy = _worker.ClaimBy };
        return _committer.CreateAsync(command, idempotency, cancellationToken);
    }

    /// <summary>Brings a command to a chat; takes the lease if it starts a turn.</summary>
    public Task<CommandResult> ExecuteAsync(string owner, ChatId id, ChatCommand command, IdempotencyRequest? idempotency, CancellationToken cancellationToken) =>
        _committer.ExecuteAsync(id, owner, (_, _) => new(Claim(command)), idempotency, cancellationToken);

    /// <summary>Replaces a user message and all that followed it, and runs the chat from there.</summary>
    public Task<CommandResult> EditAsync(
        string owner, ChatId id, long messageId, string content, IdempotencyRequest? idempotency, CancellationToken cancellationToken) =>
        _committer.ExecuteAsync(
            id,
            owner,
            async (chat, ct) =>
            {
                var page = messageId > 0
                    ? await _store.ReadMessagesAsync(id, MessageQuery.One(messageId, ReadReason.Edit), ct).ConfigureAwait(false)
                    : null;

                // Of another epoch than the state, the message may be gone by the time of the commit, or be there only since.
                return page is not null && page.Epoch != chat.Epoch ? null : Claim(new EditMessage(page?.Messages.SingleOrDefault(), content));
            },
            idempotency,
            cancellationToken);

    /// <summary>Reads what an earlier command with this idempotency key did to a chat; null if there was none, it is forgotten, or there is no such chat.</summary>
    public async Task<IdempotencyRecord?> FindRepeatedAsync(string owner, ChatId id, string key, CancellationToken cancellationToken) =>
        await GetAsync(owner, id, cancellationToken).ConfigureAwait(false) is null
            ? null
            : await _store.FindIdempotencyRecordAsync(id, key, cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes a chat; false if there is none.</summary>
    public Task<bool> DeleteAsync(string owner, ChatId id, CancellationToken cancellationToken) => _committer.DeleteAsync(id, owner, cancellationToken);

    /// <summary>Reads a chat's state; null if there is none.</summary>
    public async Task<Chat?> GetAsync(string owner, ChatId id, CancellationToken cancellationToken)
    {
        using var pin = _feeds.Pin(id);
        return await GetAsync(pin, owner, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a page of an owner's chats, those changed last first.</summary>
    public Task<IReadOnlyList<ChatSummary>> ListAsync(string owner, ChatListQuery query, CancellationToken cancellationToken) =>
        _store.ListAsync(owner, query, cancellationToken);

    /// <summary>Reads a page of a chat's history; null if there is no such chat.</summary>
    public async Task<MessagePage?> ReadMessagesAsync(string owner, ChatId id, MessageQuery query, CancellationToken cancellationToken) =>
        await GetAsync(owner, id, cancellationToken).ConfigureAwait(false) is null
            ? null
            : await _store.ReadMessagesAsync(id, query, cancellationToken).ConfigureAwait(false);

    /// <summary>Follows a chat from a position; null if there is no such chat. Dispose the subscription.</summary>
    public async Task<Subscription?> SubscribeAsync(string owner, ChatId id, Position position, CancellationToken cancellationToken)
    {
        var pin = _feeds.Pin(id);
        try
        {
            if (await GetAsync(pin, owner, cancellationToken).ConfigureAwait(false) is not null)
            {
                var subscription = new Subscription(pin, _reader, _metrics, _retry, position);
                pin = null;
                return subscription;
            }

            return null;
        }
        finally
        {
            pin?.Dispose();
        }
    }

    /// <summary>Follows an owner's list of chats. Dispose the subscription.</summary>
    public WatchSubscription Watch(string owner) => new(_ownerFeeds, _store, owner);

    private async Task<Chat?> GetAsync(FeedPin pin, string owner, CancellationToken cancellationToken)
    {
        if (_channel.IsDeaf)
        {
            // Commits of other replicas are not heard of, so what is in memory may be old.
            pin.Feed.MarkUnsynced();
        }

        var remembered = pin.Feed.TryGetChat();
        var chat = remembered ?? await _reader.LoadPresentAsync(pin.Feed, cancellationToken).ConfigureAwait(false);
        if (chat is null || chat.Owner == owner)
        {
            return chat;
        }

        // A chat that is in memory must not answer sooner than one that does not exist, and one that is not must not answer later.
        if (remembered is not null)
        {
            await _store.LoadAsync(default, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private ChatCommand Claim(ChatCommand command) => command is TurnCommand turn ? turn with { ClaimBy = _worker.ClaimBy } : command;
}
