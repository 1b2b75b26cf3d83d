using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Tests.Support;

/// <summary>
/// A store in memory, with hooks that let a test hold or fail its calls. It keeps the contract of
/// <see cref="IChatStore"/>; the conformance suite proves that
/// for real stores.
/// </summary>
internal sealed partial class FakeStore : IChatStore, ILeaseStore, IRetentionStore, IUsageStore, ICheckpointStore
{
    private readonly object _gate = new();
    private readonly Dictionary<ChatId, (Chat Chat, List<Message> Messages)> _chats = [];
    private readonly Dictionary<(ChatId, string), IdempotencyRecord> _keys = [];
    private readonly Dictionary<(string Owner, DateOnly Day, string Model), DailyUsage> _usage = [];
    private readonly HashSet<string> _alive = [];
    private readonly Dictionary<string, string?> _addresses = [];

    /// <summary>Awaited before each call looks at the data; may throw.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited after each call has looked at the data, before it returns; may throw.</summary>
    public Func<string, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a load of a chat throws; null lets it pass.</summary>
    public Func<ChatId, Exception?> FailLoad { get; set; } = _ => null;

    /// <summary>What becomes of a page that was read, e.g. in a database that lacks rows.</summary>
    public Func<MessagePage, MessagePage> Page { get; set; } = page => page;

    /// <inheritdoc/>
    public bool IsShared { get; init; } = true;

    public List<ReadReason> Reads { get; } = [];

    public int Loads { get; private set; }

    /// <summary>All chats there are.</summary>
    public IReadOnlyList<ChatId> Ids
    {
        get
        {
            lock (_gate)
            {
                return [.. _chats.Keys];
            }
        }
    }

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

    /// <summary>Sets a chat back to an earlier state, as a failover that loses commits does.</summary>
    public void SetBack(Chat chat)
    {
        lock (_gate)
        {
            _chats[chat.Id] = (chat, [.. _chats[chat.Id].Messages.Where(message => message.Id <= chat.LastMessageId)]);
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
        if (FailLoad(id) is { } failure)
        {
            throw failure;
        }

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
                || (exists ? stored.Chat.CommitId : Guid.Empty) != transition.ExpectedCommitId
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
            AddUsage(transition);
            if (transition.RemovesCheckpoint)
            {
                RemoveCheckpoints(id);
            }

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
            .TakeWhile((message, index) => (bytes += message.Parts.Sum(MessagePart.CharsOf)) <= query.MaxBytes || index == 0)
            .OrderBy(message => message.Id);
        return Page(new MessagePage(found.Chat.Version, found.Chat.Epoch, found.Chat.LastMessageId, [.. page]) { CommitId = found.Chat.CommitId });
    });

    public async Task<IReadOnlyList<ChatSummary>> ListAsync(string owner, ChatListQuery query, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyList<ChatSummary>>("list", () =>
            [.. _chats.Values.Where(entry => entry.Chat.Owner == owner).OrderByDescending(entry => entry.Chat.UpdatedAt).Take(query.Limit).Select(entry => ChatSummary.Of(entry.Chat))]);

    public async Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken) => await CallAsync("delete", () => _chats.Remove(id));

    public async Task<IdempotencyRecord?> FindIdempotencyRecordAsync(ChatId id, string key, CancellationToken cancellationToken) =>
        await CallAsync("find", () => _keys.GetValueOrDefault((id, key)));

    public async Task<IReadOnlyList<ChangedChat>> FindChangedAsync(IReadOnlyList<KnownChat> known, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyList<ChangedChat>>("sync", () =>
            [.. known.Where(IsChanged).Select(chat => new ChangedChat(chat.Id, _chats.TryGetValue(chat.Id, out var found) ? found.Chat.Version : null))]);

    public async Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken) =>
        await CallAsync("replicas", () => _addresses.GetValueOrDefault(replica));

    public Task HeartbeatAsync(string replica, string? address, TimeSpan leaseDuration, CancellationToken cancellationToken) => CallAsync("heartbeat", () =>
    {
        _addresses[replica] = address;
        return _alive.Add(replica);
    });

    public async Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken) => await CallAsync<IReadOnlyList<ReplicaInfo>>("replicas", () =>
        [.. _alive.Take(limit).Select(replica => new ReplicaInfo(replica, _addresses.GetValueOrDefault(replica), TimeSpan.Zero, _chats.Values.Count(entry => entry.Chat.Lease?.Replica == replica)))]);

    public Task RetireAsync(string replica, CancellationToken cancellationToken) => CallAsync("retire", () => _alive.Remove(replica));

    public async Task<IReadOnlyList<HeldLease>> ListLeasesAsync(string replica, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyList<HeldLease>>("leases", () =>
            [.. _chats.Values.Select(entry => entry.Chat).Where(chat => chat.NeedsWorker && chat.Lease?.Replica == replica)
                .Select(chat => new HeldLease(chat.Id, chat.Lease!.Token, chat.Version, chat.Status == ChatStatus.Interrupting))]);

    public async Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(ClaimQuery query, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyList<ClaimableChat>>("claimable", () =>
            [.. _chats.Values.Select(entry => entry.Chat)
                .Where(chat => chat.NeedsWorker && chat.Lease?.Replica != query.Replica && (chat.Lease is null || !_alive.Contains(chat.Lease.Replica)))
                .Where(chat => !query.ExceptOwners.Contains(chat.Owner))
                .OrderBy(chat => chat.UpdatedAt).ThenBy(chat => chat.Id.Value, StringComparer.Ordinal)
                .SkipWhile(chat => query.After is { } after && (chat.UpdatedAt, chat.Id.Value).CompareTo((after.UpdatedAt, after.Id.Value)) <= 0).Take(query.Limit)
                .Select(chat => new ClaimableChat(chat.Id, chat.Owner, chat.Lease?.Token, chat.UpdatedAt))]);

    public Task<bool> TryBeginRoundAsync(TimeSpan interval, CancellationToken cancellationToken) => CallAsync("round", () => true);

    public Task<RetentionPage> FindArchivedAsync(ChatId after, DateTimeOffset unchangedSince, int limit, CancellationToken cancellationToken) => CallAsync("archived", () =>
    {
        var page = _chats.Values.Select(entry => entry.Chat).OrderBy(chat => chat.Id.Value, StringComparer.Ordinal).Where(chat => string.CompareOrdinal(chat.Id.Value, after.Value) > 0).Take(limit).ToList();
        return RetentionPage.Of([.. page.Select(chat => (chat.Id, chat.Archived && chat.UpdatedAt <= unchangedSince))], limit);
    });

    public Task<bool> DeleteAsync(ChatId id, long version, CancellationToken cancellationToken) =>
        CallAsync("purge", () => _chats.TryGetValue(id, out var found) && found.Chat.Version == version && _chats.Remove(id));

    public Task<IReadOnlyList<ChatId>> FindRemainsAsync(ChatId after, int limit, CancellationToken cancellationToken) => CallAsync<IReadOnlyList<ChatId>>("find_remains", () =>
        [.. Remains.Keys.Where(id => string.CompareOrdinal(id.Value, after.Value) > 0).OrderBy(id => id.Value, StringComparer.Ordinal).Take(limit)]);

    public Task<bool> RemoveRemainsAsync(ChatId id, CancellationToken cancellationToken) => CallAsync($"remove_remains {id}", () => --Remains[id] > 0 || !Remains.Remove(id));

    public Task<bool> RemoveExpiredAsync(ExpiredKind kind, CancellationToken cancellationToken) => CallAsync($"remove_expired {kind}", () => --Expired[kind] > 0 || (Expired[kind] = 0) > 0);

    /// <summary>Of how many slices is left what deleted chats had.</summary>
    public Dictionary<ChatId, int> Remains { get; } = [];

    /// <summary>How many slices have expired.</summary>
    public Dictionary<ExpiredKind, int> Expired { get; } = new() { [ExpiredKind.IdempotencyKeys] = 0, [ExpiredKind.Gravestones] = 0, [ExpiredKind.Checkpoints] = 0 };

    /// <summary>Undoes the newest commit, as the failover to a standby that never had it does.</summary>
    public void Lose(Transition before, IReadOnlyList<Message> history)
    {
        lock (_gate)
        {
            _chats[before.Next.Id] = (before.Next, [.. history]);
        }
    }

    public async Task<IReadOnlyList<DailyUsage>> ReadUsageAsync(
        string owner, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        await CallAsync<IReadOnlyList<DailyUsage>>("usage", () =>
            [.. _usage.Where(entry => entry.Key.Owner == owner && entry.Key.Day >= from && entry.Key.Day <= to)
                .Select(entry => entry.Value)
                .OrderBy(day => day.Day).ThenBy(day => day.Model, StringComparer.Ordinal)]);

    private void AddUsage(Transition transition)
    {
        if (transition.Spent is { } spent)
        {
            var key = (transition.Next.Owner, DailyUsage.DayOf(transition), spent.Model);
            var before = _usage.GetValueOrDefault(key);
            var sum = TokenUsage.Add(before?.Usage, spent.Usage)!;
            _usage[key] = new DailyUsage(key.Item2, spent.Model, (before?.Requests ?? 0) + 1, sum);
        }
    }

    private bool IsChanged(KnownChat known) => !_chats.TryGetValue(known.Id, out var found)
        || found.Chat.Version != known.Version || found.Chat.Contradicts(known.Version, known.CommitId)

            || (known.Owner is not null && known.Owner != found.Chat.Owner)
            || (known.Epoch > 0 && known.Epoch != found.Chat.Epoch);

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
