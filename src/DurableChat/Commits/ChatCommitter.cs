using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;

namespace DurableChat.Commits;

/// <summary>Makes the command for a chat's present state; null if what it looked up belongs to another state, so that the state must be loaded anew.</summary>
internal delegate ValueTask<ChatCommand?> CommandFactory(Chat chat, CancellationToken cancellationToken);

/// <summary>
/// Brings a command to a chat: takes the state from memory (or loads it), decides, commits if the version is still the same, publishes. A conflict means
/// that the state was not the present one: it is loaded, and the rules decide again. Thread-safe.
/// </summary>
internal sealed class ChatCommitter(
    IChatStore store,
    FeedRegistry feeds,
    CatchUpReader reader,
    IEnumerable<ICommitObserver> observers,
    ChatLimits limits,
    TimeProvider time)
{
    /// <summary>Each conflict means that somebody else's commit went through, so this is reached only if a chat is written to without pause.</summary>
    private const int MaxTries = 20;

    private readonly ICommitObserver[] _observers = [.. observers];

    /// <summary>Creates a chat. <see cref="CommandResult.NotFound"/> if the id is taken by another owner or a deleted chat.</summary>
    public async Task<CommandResult> CreateAsync(CreateChat command, IdempotencyRequest? idempotency, CancellationToken cancellationToken)
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
                && await FindRepeatedAsync(command.Id, idempotency, cancellationToken).ConfigureAwait(false) is { } repeated
                ? repeated
                : new CommandResult.NotFound();
        }
        finally
        {
            pin.Feed.CommitGate.Release();
        }
    }

    /// <summary>Brings a command to a chat.</summary>
    /// <param name="id">Which chat.</param>
    /// <param name="owner">Who asks; null for the worker.</param>
    /// <param name="makeCommand">Makes the command; called again after a conflict.</param>
    /// <param name="idempotency">Set if the command is to be done once only.</param>
    /// <param name="cancellationToken">Ends the wait for the chat's turn, and reads. A commit that has begun goes on, so that its outcome is known.</param>
    /// <exception cref="ChatStoreException">The database failed. If it failed in the commit, it may have happened or not.</exception>
    public async Task<CommandResult> ExecuteAsync(
        ChatId id, string? owner, CommandFactory makeCommand, IdempotencyRequest? idempotency, CancellationToken cancellationToken)
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
                switch (ChatRules.Decide(chat, command, context))
                {
                    case Decision.Accepted accepted:
                        if (await CommitAsync(feed, accepted.Transition, idempotency).ConfigureAwait(false) is { } result)
                        {
                            return result;
                        }

                        break;

                    case var decision:
                        if (await FindRepeatedAsync(id, idempotency, cancellationToken).ConfigureAwait(false) is { } repeated)
                        {
                            return repeated;
                        }

                        if (remembered is not null)
                        {
                            // What is remembered may be old; only the present state may refuse, or say that there is nothing to do.
                            feed.MarkUnsynced();
                            break;
                        }

                        if (decision is Decision.Refused refused)
                        {
                            return new CommandResult.Refused(refused.Refusal);
                        }

                        if (idempotency is null)
                        {
                            return new CommandResult.Unchanged(chat);
                        }

                        // The key must be remembered all the same: a repetition that comes late would find something to do, e.g. the next turn to stop.
                        if (await CommitAsync(feed, ChatRules.ChangeNothing(chat, context), idempotency).ConfigureAwait(false) is { } done)
                        {
                            return done;
                        }

                        break;
                }
            }
        }
        finally
        {
            feed.CommitGate.Release();
        }

        throw new ChatStoreException($"Chat {id} was changed by others {MaxTries} times in a row.");
    }

    /// <summary>Deletes a chat; false if there is none of this owner.</summary>
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

            var deleted = await DeleteAsync(pin.Feed, owner, () => store.DeleteAsync(id, CancellationToken.None)).ConfigureAwait(false);

            // Also if it was gone already: then nobody has told the streams.
            PublishDeletion(pin.Feed, owner);
            return deleted;
        }
        finally
        {
            pin.Feed.CommitGate.Release();
        }
    }

    /// <summary>Deletes a chat for good if its time is over; false if it is not, or no longer.</summary>
    public async Task<bool> PurgeAsync(ChatId id, TimeSpan archivedAfter, IRetentionStore retention, CancellationToken cancellationToken)
    {
        using var pin = feeds.Pin(id);
        await pin.Feed.CommitGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Not what is remembered: its owner may have brought it back through another replica. What happens from here on, the version tells.
            var chat = await store.LoadAsync(id, cancellationToken).ConfigureAwait(false);
            if (chat is null || !RetentionRules.IsDue(chat, time.GetUtcNow(), archivedAfter)
                || !await DeleteAsync(pin.Feed, chat.Owner, () => retention.DeleteAsync(id, chat.Version, CancellationToken.None)).ConfigureAwait(false))
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

    private async Task<CommandResult.Repeated?> FindRepeatedAsync(ChatId id, IdempotencyRequest? idempotency, CancellationToken cancellationToken) =>
        idempotency is not null && await store.FindIdempotencyRecordAsync(id, idempotency.Key, cancellationToken).ConfigureAwait(false) is { } record
            ? new CommandResult.Repeated(record)
            : null;

    /// <summary>A chat of others that is in memory must not answer sooner than one that does not exist.</summary>
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
        foreach (var observer in _observers)
        {
            observer.OnDeleted(feed.Id, owner);
        }
    }

    private void MarkInDoubt(Feed feed, string owner)
    {
        feed.MarkUnsynced();
        foreach (var observer in _observers)
        {
            observer.OnDoubt(feed.Id, owner, isOwn: true);
        }
    }

    /// <summary>Commits and publishes; null after a conflict. Called with the feed's gate held, which keeps publication in the order of commits.</summary>
    private async Task<CommandResult?> CommitAsync(Feed feed, Transition decided, IdempotencyRequest? idempotency)
    {
        var transition = decided.WithEpochAbove(feed.LostEpoch).WithCommitId(Guid.CreateVersion7(time.GetUtcNow()));
        var record = idempotency is null
            ? null
            : new IdempotencyRecord(idempotency.Key, idempotency.Fingerprint, idempotency.Outcome(transition), transition.Next.UpdatedAt);
        CommitResult result;
        try
        {
            // Not the caller's token: a browser that goes away must not leave it open whether its message was taken.
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
                foreach (var observer in _observers)
                {
                    observer.OnCommitted(transition);
                }

                return new CommandResult.Committed(transition);

            case CommitResult.Repeated repeated:
                return new CommandResult.Repeated(repeated.Record);

            case CommitResult.TooManyChats:
                return new CommandResult.Refused(new Refusal(
                    RefusalCode.TooManyChats, $"You have {transition.MaxChatsOfOwner} chats or more, and may not have more than that. Delete some; archived ones count."));

            default:
                feed.MarkUnsynced();
                return null;
        }
    }
}
