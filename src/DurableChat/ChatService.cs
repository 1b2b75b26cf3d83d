using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Notifications;
using DurableChat.Storage;
using DurableChat.Watching;
using DurableChat.Workers;
using Polly;

namespace DurableChat;

/// <summary>
/// All operations on chats, for hosts. Every method takes the owner who makes the request, and treats another owner's
/// chat as if it did not exist. Thread-safe. Methods throw <see cref="ChatStoreException"/> if the database fails.
/// </summary>
public sealed class ChatService
{
    private readonly IChatStore _store;
    private readonly IUsageStore? _usage;
    private readonly FeedRegistry _feeds;
    private readonly CatchUpReader _reader;
    private readonly ChatCommitter _committer;
    private readonly TurnPlaces _places;
    private readonly WorkerPulse _pulse;
    private readonly OwnerFeedRegistry _ownerFeeds;
    private readonly ChannelState _channel;
    private readonly FeedMetrics _metrics;
    private readonly ResiliencePipeline _retry;
    private readonly TimeProvider _time;
    private readonly AnswerChoices _choices;

    internal ChatService(
        IChatStore store,
        IUsageStore? usage,
        FeedRegistry feeds,
        CatchUpReader reader,
        ChatCommitter committer,
        TurnPlaces places,
        WorkerPulse pulse,
        OwnerFeedRegistry ownerFeeds,
        ModelCatalog models,
        SettingNotes notes,
        ChannelState channel,
        FeedMetrics metrics,
        ResiliencePipeline retry,
        TimeProvider time)
    {
        _store = store;
        _usage = usage;
        _feeds = feeds;
        _reader = reader;
        _committer = committer;
        _places = places;
        _pulse = pulse;
        _ownerFeeds = ownerFeeds;
        _channel = channel;
        _metrics = metrics;
        _retry = retry;
        _time = time;
        _choices = new AnswerChoices(models, notes);
        Models = models;
    }

    /// <summary>The models that chats can use.</summary>
    public ModelCatalog Models { get; }

    /// <summary>Creates a chat. It runs the first message. With only a history, it waits.</summary>
    /// <param name="owner">The owner of the chat.</param>
    /// <param name="chat">The content of the chat.</param>
    /// <param name="idempotency">Set if a repeated request must not create a second chat.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CommandResult> CreateAsync(
        string owner,
        NewChat chat,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chat);
        var model = chat.Model ?? Models.Default.Name;
        var now = _time.GetUtcNow();
        var key = chat.Key ?? idempotency?.Key;
        var id = key is null ? ChatId.Create(now) : ChatId.FromIdempotencyKey(owner, key);
        if (_choices.Check(model, chat) is { } refusal)
        {
            return await RefuseAsync(owner, id, refusal, idempotency, cancellationToken).ConfigureAwait(false);
        }

        if (await RefuseIfFullAsync(owner, id, idempotency, cancellationToken).ConfigureAwait(false) is { } full)
        {
            return full;
        }

        using var claim = new TurnClaim(_places, _pulse, id, owner);
        var command = new CreateChat(id, owner, chat.Content, model)
        {
            Title = chat.Title,
            Settings = chat.Settings,
            MessageSettings = AnswerChoices.Join(chat.Settings, chat.MessageSettings),
            History = chat.History,
            ClientTools = chat.ClientTools,
            ClaimBy = claim.Take(),

            // An id derived from a key can occur again: after the deleted chat's gravestone has expired, or in a
            // restored database that lacks the chat. So the epoch starts from the time, like the epochs of a restored
            // database.
            FirstEpoch = key is null ? 1 : now.ToUnixTimeMilliseconds(),
        };
        return await _committer.CreateAsync(command, idempotency, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a command on a chat. Takes the lease if the command starts a turn.</summary>
    public async Task<CommandResult> ExecuteAsync(
        string owner,
        ChatId id,
        ChatCommand command,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken)
    {
        if (StartsTurn(command)
            && await RefuseIfFullAsync(owner, id, idempotency, cancellationToken).ConfigureAwait(false) is { } full)
        {
            return full;
        }

        using var claim = new TurnClaim(_places, _pulse, id, owner);
        CommandFactory make = (chat, _) => new(Claim(_choices.Complete(chat, command), claim));
        return await _committer.ExecuteAsync(id, owner, make, idempotency, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Replaces a user message and everything after it, and runs the chat from there. The same model answers, with the
    /// same settings as before.
    /// </summary>
    public Task<CommandResult> EditAsync(
        string owner,
        ChatId id,
        long messageId,
        string content,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken) =>
        EditAsync(owner, id, messageId, content, null, null, idempotency, cancellationToken);

    /// <summary>Replaces a user message and everything after it, and runs the chat from there.</summary>
    /// <param name="owner">The owner of the chat.</param>
    /// <param name="id">The id of the chat.</param>
    /// <param name="messageId">The id of the message.</param>
    /// <param name="content">The new text.</param>
    /// <param name="model">The model that answers. Null for the message's previous model.</param>
    /// <param name="settings">
    /// The settings of the answer. The chat's settings apply to whatever is null. Null for the message's own settings.
    /// </param>
    /// <param name="idempotency">Set if the edit must run only once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CommandResult> EditAsync(
        string owner,
        ChatId id,
        long messageId,
        string content,
        string? model,
        GenerationSettings? settings,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken)
    {
        if (await RefuseIfFullAsync(owner, id, idempotency, cancellationToken).ConfigureAwait(false) is { } full)
        {
            return full;
        }

        using var claim = new TurnClaim(_places, _pulse, id, owner);
        return await _committer.ExecuteAsync(
            id,
            owner,
            async (chat, ct) =>
            {
                var page = messageId > 0
                    ? await _store.ReadMessagesAsync(id, MessageQuery.One(messageId, ReadReason.Edit), ct)
                        .ConfigureAwait(false)
                    : null;

                // If the epochs differ, the message may be removed before the commit, or may be newer than the state.
                if (page is not null && page.Epoch != chat.Epoch)
                {
                    return null;
                }

                var target = page?.Messages.SingleOrDefault();
                var edit = new EditMessage(target, content) { Model = model, Settings = settings };
                return Claim(_choices.Complete(chat, edit), claim);
            },
            idempotency,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads the record of an earlier command with this idempotency key. Null if there was none, if it has expired, or
    /// if the chat does not exist.
    /// </summary>
    public async Task<IdempotencyRecord?> FindRepeatedAsync(
        string owner,
        ChatId id,
        string key,
        CancellationToken cancellationToken) =>
        await GetAsync(owner, id, cancellationToken).ConfigureAwait(false) is null
            ? null
            : await _store.FindIdempotencyRecordAsync(id, key, cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes a chat. False if it does not exist.</summary>
    public Task<bool> DeleteAsync(string owner, ChatId id, CancellationToken cancellationToken) =>
        _committer.DeleteAsync(id, owner, cancellationToken);

    /// <summary>Reads a chat's state. Null if the chat does not exist.</summary>
    public async Task<Chat?> GetAsync(string owner, ChatId id, CancellationToken cancellationToken)
    {
        using var pin = _feeds.Pin(id);
        return await GetAsync(pin, owner, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a page of an owner's chats, most recently changed first.</summary>
    public Task<IReadOnlyList<ChatSummary>> ListAsync(
        string owner,
        ChatListQuery query,
        CancellationToken cancellationToken) =>
        _store.ListAsync(owner, query, cancellationToken);

    /// <summary>Reads the cost of an owner's model calls for each day and model.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="from">The first day (UTC).</param>
    /// <param name="to">The last day (UTC), inclusive.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">
    /// The host has no <see cref="IUsageStore"/>: its store was not added with
    /// <see cref="DurableChatBuilder.UseStore{T}"/>.
    /// </exception>
    public Task<IReadOnlyList<DailyUsage>> ReadUsageAsync(
        string owner, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        (_usage ?? throw new InvalidOperationException($"Usage needs a store that is an {nameof(IUsageStore)}."))
            .ReadUsageAsync(owner, from, to, cancellationToken);

    /// <summary>
    /// Reads a page of a chat's history. Null if the chat does not exist. If the chat has changed its model, each user
    /// message names the model that was to answer it.
    /// </summary>
    public async Task<MessagePage?> ReadMessagesAsync(
        string owner,
        ChatId id,
        MessageQuery query,
        CancellationToken cancellationToken)
    {
        if (await GetAsync(owner, id, cancellationToken).ConfigureAwait(false) is not { } chat)
        {
            return null;
        }

        var page = await _store.ReadMessagesAsync(id, query, cancellationToken).ConfigureAwait(false);

        // The model that the chat was created with is no longer shown, so "the chat's model" would mean another one.
        return page is null || chat.NextModel is null ? page : page with
        {
            Messages = [.. page.Messages.Select(message => message is { Role: MessageRole.User, Model: null }
                ? message with { Model = chat.Model }
                : message)],
        };
    }

    /// <summary>
    /// Why the owner can currently open no stream and start no turn here. Null if the owner can. Memory in use cannot
    /// be freed, so an owner who uses more than their share must wait.
    /// </summary>
    public Refusal? RefuseIfFull(string owner) => _feeds.Budget.IsFull(owner)
        ? new Refusal(
            RefusalCode.OwnerMemoryFull,
            "Your open streams and running turns take more memory than your share. Close some or wait until some have "
                + "ended, and try again.")
        : null;

    /// <summary>
    /// Refuses an owner whose share of memory is used up, unless the request repeats an earlier one, which needs no
    /// memory.
    /// </summary>
    private async Task<CommandResult?> RefuseIfFullAsync(
        string owner,
        ChatId id,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken) =>
        RefuseIfFull(owner) is { } full
            ? await RefuseAsync(owner, id, full, idempotency, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>
    /// Refuses a request, unless it repeats one that was accepted before the reason for the refusal arose.
    /// </summary>
    private async Task<CommandResult> RefuseAsync(
        string owner,
        ChatId id,
        Refusal refusal,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken) =>
        idempotency is not null
        && await FindRepeatedAsync(owner, id, idempotency.Key, cancellationToken).ConfigureAwait(false) is { } record
            ? new CommandResult.Repeated(record)
            : new CommandResult.Refused(refusal);

    /// <summary>Follows a chat from a position. Null if the chat does not exist. Dispose the subscription.</summary>
    public async Task<Subscription?> SubscribeAsync(
        string owner,
        ChatId id,
        Position position,
        CancellationToken cancellationToken)
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
            // This replica does not receive notifications of other replicas' commits, so the state in memory may be
            // outdated.
            pin.Feed.MarkUnsynced();
        }

        var remembered = pin.Feed.TryGetChat();
        var chat = remembered ?? await _reader.LoadPresentAsync(pin.Feed, cancellationToken).ConfigureAwait(false);
        if (chat is null || chat.Owner == owner)
        {
            return chat;
        }

        // A chat in memory must not answer faster than one that does not exist, and a chat that is not in memory must
        // not answer slower.
        if (remembered is not null)
        {
            await _store.LoadAsync(default, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>A stop frees memory, so it is always accepted.</summary>
    private static bool StartsTurn(ChatCommand command) =>
        command is TurnCommand and not (Interrupt or SubmitToolResults or UpdateChat { Archived: not false });

    private static ChatCommand Claim(ChatCommand command, TurnClaim claim) =>
        command is TurnCommand turn ? turn with { ClaimBy = claim.Take() } : command;
}
