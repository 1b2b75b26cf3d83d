using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Bench.Micro;

/// <summary>A store that nobody may ask: what is measured is to need none.</summary>
internal sealed class NoStore : IChatStore
{
    public Task<Chat?> LoadAsync(ChatId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CommitResult> CommitAsync(
        Transition transition,
        IdempotencyRecord? idempotency,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MessagePage?> ReadMessagesAsync(ChatId id, MessageQuery query, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<ChatSummary>> ListAsync(
        string owner,
        ChatListQuery query,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdempotencyRecord?> FindIdempotencyRecordAsync(
        ChatId id,
        string key,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ChangedChat>> FindChangedAsync(
        IReadOnlyList<KnownChat> known,
        CancellationToken cancellationToken) => throw new NotSupportedException();
}
