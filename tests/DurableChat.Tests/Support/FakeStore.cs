using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;

namespace DurableChat.Tests.Support;

/// <summary>
/// A store in memory, with hooks that let a test hold or fail its calls. It keeps the contract of <see cref="IChatStore"/>; the conformance suite proves that
/// for real stores.
/// </summary>
internal sealed class FakeStore : IChatStore, ILeaseStore, IRetentionStore
{
    private readonly object _gate = new();
    private readonly Dictionary<ChatId, (Chat Chat, List<Message> Messages)> _chats = [];
    private readonly Dictionary<(ChatId, string), IdempotencyRecord> _keys = [];
    private readonly HashSet<string> _alive = [];
    private readonly Dictionary<string, string?> _addresses = [];

    /// <summary>Awaited before each call looks at the data; may throw.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited after each call has looked at the data, before it returns; may throw.</summary>
    public Func<string, Task> After { get; set; } = _ => Task.CompletedTask;

    public List<ReadReason> Reads { get; } = [];

    public int Loads { get; private set; }

    public IReadOnlyList<Message> History(ChatId id)
    {
        lock (_gate)
        {
            return [.. _chats[id].Messages];
        }
    }

    public Chat State(ChatId id)
    {
        lock (_gate)
        {
            return _chats[id].Chat;
        }
    }

    public int CountReads(ReadReason reason)
    {
        lock (_gate)
        {
            return Reads.Count(read => read == reason);
        }
    }

    public async Task<Chat?> LoadAsync(ChatId id, CancellationToken cancellationToken) => await CallAsync("load", () =>
    {
        Loads++;
        return _chats.TryGetValue(id, out var found) ? found.Chat : null;
    });

    public async Task<CommitResult> CommitAsync(Transition transition, IdempotencyRecord? idempotency, CancellationToken cancellationToken) =>
        await CallAsync<CommitResult>("commit", () =>
        {
            var id = transition.Next.Id;
            if (idempotency is not null && _keys.TryGetValue((id, idempotency.Key), out var earlier))
            {
                return new CommitResult.Repeated(earlier);
            }

            var exists = _chats.TryGetValue(id, out var stored);
            if ((exists ? stored.Chat.Version : 0) != transition.ExpectedVersion
                || (transition.FencingToken is { } token && stored.Chat.Lease?.Token != token))
            {
                return new CommitResult.Conflict();
            }

            if (transition.MaxChatsOfOwner is { } most && _chats.Values.Count(other => other.Chat.Owner == transition.Next.Owner) >= most)
            {
                return new CommitResult.TooManyChats();
            }

            var messages = exists ? stored.Messages : [];
            messages.RemoveAll(message => message.Id >= (transition.RemovedFrom ?? long.MaxValue));
            messages.AddRange(transition.Appended);
            _chats[id] = (transition.Next, messages);
            if (idempotency is not null)
            {
                _keys[(id, idempotency.Key)] = idempotency;
            }

            return new CommitResult.Committed();
        });

    public async Task<MessagePage?> ReadMessagesAsync(ChatId id, MessageQuery query, CancellationToken cancellationToken) => await CallAsync("read", () =>
    {
        Reads.Add(query.Reason);
        if (!_chats.TryGetValue(id, out var found))
        {
            return null;
        }

        var matching = found.Messages.Where(message => message.Id > query.AfterId && message.Id < (query.BeforeId ?? long.MaxValue)).ToList();
        var bytes = 0L;
        var page = (query.BeforeId is null ? matching : Enumerable.Reverse(matching))
            .Take(query.Limit)
            .TakeWhile((message, index) => (bytes += message.Parts.Sum(LiveSegment.CharsOf)) <= query.MaxBytes || index == 0)
            .OrderBy(message => message.Id);
        return new MessagePage(found.Chat.Version, found.Chat.Epoch, found.Chat.LastMessageId, [.. page]);
    });

    public async Task<IReadOnlyList<ChatSummary>> ListAsync(string owner, ChatListQuery query, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyList<ChatSummary>>("list", () =>
            [.. _chats.Values.Where(entry => entry.Chat.Owner == owner).OrderByDescending(entry => entry.Chat.UpdatedAt).Take(query.Limit).Select(entry => ChatSummary.Of(entry.Chat))]);

    public async Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken) => await CallAsync("delete", () => _chats.Remove(id));

    public async Task<IdempotencyRecord?> FindIdempotencyRecordAsync(ChatId id, string key, CancellationToken cancellationToken) =>
        await CallAsync("find", () => _keys.GetValueOrDefault((id, key)));

    public async Task<IReadOnlyList<ChangedChat>> FindChangedAsync(IReadOnlyList<KnownChat> known, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyList<ChangedChat>>("sync", () =>
            [.. known.Select(chat => new ChangedChat(chat.Id, _chats.TryGetValue(chat.Id, out var found) ? found.Chat.Version : null)).Where((chat, index) => chat.Version != known[index].Version)]);

    public async Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken) =>
        await CallAsync("replicas", () => _addresses.GetValueOrDefault(replica));

    public Task HeartbeatAsync(string replica, string? address, CancellationToken cancellationToken) => CallAsync("heartbeat", () =>
    {
        _addresses[replica] = address;
        return _alive.Add(replica);
    });

    public async Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken) => await CallAsync<IReadOnlyList<ReplicaInfo>>("replicas", () =>
        [.. _alive.Take(limit).Select(replica => new ReplicaInfo(replica, _addresses.GetValueOrDefault(replica), TimeSpan.Zero, _chats.Values.Count(entry => entry.Chat.Lease?.Replica == replica)))]);

    public Task RetireAsync(string replica, CancellationToken cancellationToken) => CallAsync("retire", () => _alive.Remove(replica));

    public async Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(TimeSpan leaseDuration, int limit, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyList<ClaimableChat>>("claimable", () =>
            [.. _chats.Values.Select(entry => entry.Chat).Where(chat => chat.NeedsWorker && (chat.Lease is null || !_alive.Contains(chat.Lease.Replica))).Take(limit)
                .Select(chat => new ClaimableChat(chat.Id, chat.Lease?.Token))]);

    public Task<bool> TryBeginRoundAsync(TimeSpan interval, CancellationToken cancellationToken) => CallAsync("round", () => true);

    public Task<RetentionPage> FindArchivedAsync(ChatId after, DateTimeOffset unchangedSince, int limit, CancellationToken cancellationToken) => CallAsync("archived", () =>
    {
        var page = _chats.Values.Select(entry => entry.Chat).OrderBy(chat => chat.Id.Value, StringComparer.Ordinal).Where(chat => string.CompareOrdinal(chat.Id.Value, after.Value) > 0).Take(limit).ToList();
        return RetentionPage.Of([.. page.Select(chat => (chat.Id, chat.Archived && chat.UpdatedAt <= unchangedSince))], limit);
    });

    public Task<bool> DeleteAsync(ChatId id, long version, CancellationToken cancellationToken) =>
        CallAsync("purge", () => _chats.TryGetValue(id, out var found) && found.Chat.Version == version && _chats.Remove(id));

    private async Task<T> CallAsync<T>(string call, Func<T> act)
    {
        await Before(call);
        T result;
        lock (_gate)
        {
            result = act();
        }

        await After(call);
        return result;
    }
}
