using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Commits;

/// <summary>
/// Makes the command for a chat's current state. Null if the data it read belongs to another state, so that the state
/// must be loaded again.
/// </summary>
internal delegate ValueTask<ChatCommand?> CommandFactory(Chat chat, CancellationToken cancellationToken);

/// <summary>
/// Runs a command: takes the state from memory or loads it, decides, commits if the version is unchanged, and
/// publishes. A conflict means that the state was outdated. It is then loaded, and the rules decide again. Thread-safe.
/// </summary>
internal sealed class ChatCommitter(
    IChatStore store,
    FeedRegistry feeds,
    CatchUpReader reader,
    CommitObservers observers,
    ChatLimits limits,
    [FromKeyedServices(ClusterTime.Key)] TimeProvider time)
{
    /// <summary>
    /// Each conflict means that another commit succeeded, so this is reached only if a chat is written to without
    /// pause.
    /// </summary>
    private const int MaxTries = 20;

    /// <summary>
    /// Creates a chat. Returns <see cref="CommandResult.NotFound"/> if the id belongs to another owner or a deleted
    /// chat.
    /// </summary>
    public async Task<CommandResult> CreateAsync(
        CreateChat command,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken)
    {
        var decision = ChatRules.Decide(command, new DecisionContext(time.GetUtcNow(), limits));
        if (decision is not Decision.Accepted { Transition: var transition })
        {
            return new CommandResult.Refused(((Decision.Refused)decision).Refusal);
        }

        using var pin = feeds.Pin(command.Id);
        await pin.Feed.CommitGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var result = await CommitAsync(pin.Feed, transition, idempotency).ConfigureAwait(false);
            if (result is not null)
            {
                return result;
            }

            var existing = await reader.LoadPresentAsync(pin.Feed, cancellationToken).ConfigureAwait(false);
            return existing?.Owner == command.Owner
                && await FindRepeatedAsync(command.Id, idempotency, cancellationToken).ConfigureAwait(
                    false) is { } repeated
                ? repeated
                : new CommandResult.NotFound();
        }
        finally
        {
            pin.Feed.CommitGate.Release();
        }
    }

    /// <summary>Runs a command on a chat.</summary>
    /// <param name="id">The id of the chat.</param>
    /// <param name="owner">The caller. Null for the worker.</param>
    /// <param name="makeCommand">Makes the command. Called again after a conflict.</param>
    /// <param name="idempotency">Set if the command must run only once.</param>
    /// <param name="cancellationToken">
    /// Ends the wait for the chat's turn, and reads. A commit that has started continues, so that its outcome is known.
    /// </param>
    /// <exception cref="ChatStoreException">
    /// The database failed. If it failed during the commit, the commit may have happened.
    /// </exception>
    public async Task<CommandResult> ExecuteAsync(
        ChatId id,
        string? owner,
        CommandFactory makeCommand,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken)
    {
        using var pin = feeds.Pin(id);
        var feed = pin.Feed;
        await feed.CommitGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var attempt = 0; attempt < MaxTries; attempt++)
            {
                var remembered = feed.TryGetChat();
                var chat = remembered ?? await reader.LoadPresentAsync(feed, cancellationToken).ConfigureAwait(false);
                if (chat is null || (owner is not null && chat.Owner != owner))
                {
                    await PretendToLoadAsync(remembered, cancellationToken).ConfigureAwait(false);
                    return new CommandResult.NotFound();
                }

                var command = await makeCommand(chat, cancellationToken).ConfigureAwait(false);
                if (command is null)
                {
                    feed.MarkUnsynced();
                    continue;
                }

                var context = new DecisionContext(time.GetUtcNow(), limits);
                var decision = ChatRules.Decide(chat, command, context);
                var result = decision is Decision.Accepted { Transition: var transition }
                    ? await CommitAsync(feed, transition, idempotency).ConfigureAwait(false)
                    : await ConcludeAsync(
                        feed, chat, remembered is not null, decision, context, idempotency, cancellationToken)
                        .ConfigureAwait(false);
                if (result is not null)
                {
                    return result;
                }
            }
        }
        finally
        {
            feed.CommitGate.Release();
        }

        throw new ChatStoreException($"Chat {id} was changed by others {MaxTries} times in a row.");
    }

    /// <summary>Deletes a chat. False if the owner has no such chat.</summary>
    public async Task<bool> DeleteAsync(ChatId id, string owner, CancellationToken cancellationToken)
    {
        using var pin = feeds.Pin(id);
        await pin.Feed.CommitGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var remembered = pin.Feed.TryGetChat();
            var chat = remembered ?? await reader.LoadPresentAsync(pin.Feed, cancellationToken).ConfigureAwait(false);
            if (chat?.Owner != owner)
            {
                await PretendToLoadAsync(remembered, cancellationToken).ConfigureAwait(false);
                return false;
            }

            var deleted = await DeleteAsync(
                pin.Feed, owner, () => store.DeleteAsync(id, CancellationToken.None)).ConfigureAwait(false);

            // Publish even if the chat was already gone: its streams may not have been notified.
            PublishDeletion(pin.Feed, owner);
            return deleted;
        }
        finally
        {
            pin.Feed.CommitGate.Release();
        }
    }

    /// <summary>
    /// Deletes an archived chat permanently if its retention has ended. False if it has not, or if the chat is no
    /// longer archived.
    /// </summary>
    public async Task<bool> PurgeAsync(
        ChatId id,
        TimeSpan archivedAfter,
        IRetentionStore retention,
        CancellationToken cancellationToken)
    {
        using var pin = feeds.Pin(id);
        await pin.Feed.CommitGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The state in memory is not enough: the owner may have unarchived the chat through another replica. The
            // version protects against later changes.
            var chat = await store.LoadAsync(id, cancellationToken).ConfigureAwait(false);
            if (chat is null || !RetentionRules.IsDue(chat, time.GetUtcNow(), archivedAfter)
                || !await DeleteAsync(
                    pin.Feed,
                    chat.Owner,
                    () => retention.DeleteAsync(id, chat.Version, CancellationToken.None)).ConfigureAwait(false))
            {
                return false;
            }

            PublishDeletion(pin.Feed, chat.Owner);
            return true;
        }
        finally
        {
            pin.Feed.CommitGate.Release();
        }
    }

    /// <summary>
    /// The result of a command that the rules refuse or find unnecessary. Null if they must decide again, because the
    /// state may be outdated.
    /// </summary>
    private async Task<CommandResult?> ConcludeAsync(
        Feed feed,
        Chat chat,
        bool isRemembered,
        Decision decision,
        DecisionContext context,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken)
    {
        var repeated = await FindRepeatedAsync(feed.Id, idempotency, cancellationToken).ConfigureAwait(false);
        if (repeated is not null)
        {
            return repeated;
        }

        if (isRemembered && store.IsShared)
        {
            // The state in memory may be outdated. Only the current state may refuse a command or make it unnecessary.
            feed.MarkUnsynced();
            return null;
        }

        if (decision is Decision.Refused refused)
        {
            return new CommandResult.Refused(refused.Refusal);
        }

        if (idempotency is null)
        {
            return new CommandResult.Unchanged(chat);
        }

        // The key must be stored nevertheless: otherwise a late repetition could have an effect, e.g. stop the next
        // turn.
        return await CommitAsync(feed, ChatRules.ChangeNothing(chat, context), idempotency).ConfigureAwait(false);
    }

    private async Task<CommandResult.Repeated?> FindRepeatedAsync(
        ChatId id,
        IdempotencyRequest? idempotency,
        CancellationToken cancellationToken) =>
        idempotency is not null && await store.FindIdempotencyRecordAsync(id, idempotency.Key, cancellationToken)
            .ConfigureAwait(false) is { } record
            ? new CommandResult.Repeated(record)
            : null;

    /// <summary>
    /// A chat of another owner that is in memory must not answer faster than one that does not exist.
    /// </summary>
    private async Task PretendToLoadAsync(Chat? remembered, CancellationToken cancellationToken)
    {
        if (remembered is not null)
        {
            await store.LoadAsync(default, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> DeleteAsync(Feed feed, string owner, Func<Task<bool>> delete)
    {
        try
        {
            return await delete().ConfigureAwait(false);
        }
        catch
        {
            MarkInDoubt(feed, owner);
            throw;
        }
    }

    private void PublishDeletion(Feed feed, string owner)
    {
        feed.MarkDeleted();
        observers.OnDeleted(feed.Id, owner);
    }

    private void MarkInDoubt(Feed feed, string owner)
    {
        feed.MarkUnsynced();
        observers.OnOutcomeUnknown(feed.Id, owner);
    }

    /// <summary>
    /// Commits and publishes. Null after a conflict. The caller holds the feed's gate, which keeps publications in
    /// commit order.
    /// </summary>
    private async Task<CommandResult?> CommitAsync(Feed feed, Transition decided, IdempotencyRequest? idempotency)
    {
        var transition = decided.WithEpochAbove(feed.LostEpoch).WithCommitId(Guid.CreateVersion7(time.GetUtcNow()));
        var record = idempotency is null
            ? null
            : new IdempotencyRecord(
                idempotency.Key, idempotency.Fingerprint, idempotency.Outcome(transition), transition.Next.UpdatedAt);
        CommitResult result;
        try
        {
            // Do not use the caller's token: a client that disconnects must not leave it uncertain whether its message
            // was accepted.
            result = await store.CommitAsync(transition, record, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            MarkInDoubt(feed, transition.Next.Owner);
            throw;
        }

        switch (result)
        {
            case CommitResult.Committed:
                feed.Publish(transition);
                observers.OnCommitted(transition);
                return new CommandResult.Committed(transition);

            case CommitResult.Repeated repeated:
                return new CommandResult.Repeated(repeated.Record);

            case CommitResult.TooManyChats:
                return new CommandResult.Refused(new Refusal(
                    RefusalCode.TooManyChats,
                    $"You have {transition.MaxChatsOfOwner} chats or more, and may not have more than that. Delete "
                        + "some; archived ones count."));

            default:
                feed.MarkUnsynced();
                return null;
        }
    }
}
