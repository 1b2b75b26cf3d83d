using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <content>How chats are deleted, by their owners and by retention.</content>
public sealed partial class SqliteChatStore : IRetentionStore
{
    private readonly object _rounds = new();

    // Guarded by _rounds. There is only one process, so memory is sufficient.
    private long? _roundBegun;

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ChatId id, long version, CancellationToken cancellationToken) =>
        RemoveAsync(id, version, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryBeginRoundAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        lock (_rounds)
        {
            if (_roundBegun is { } begun && _time.GetElapsedTime(begun) < interval)
            {
                return Task.FromResult(false);
            }

            _roundBegun = _time.GetTimestamp();
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task<RetentionPage> FindArchivedAsync(
        ChatId after,
        DateTimeOffset unchangedSince,
        int limit,
        CancellationToken cancellationToken) => _readers.RunLongAsync(
        session =>
        {
            var chats = new List<(ChatId, bool)>();
            using var row = session.Query(
                "retention",
                SqliteStatements.FindArchived,
                ("$after", after.Value),
                ("$unchanged_since", SqliteRows.ToMicroseconds(unchangedSince)),
                ("$limit", limit));
            while (row.Read())
            {
                chats.Add((ChatId.Parse(row.GetString(0)), row.GetBoolean(1)));
            }

            return RetentionPage.Of(chats, limit);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChatId>> FindRemainsAsync(ChatId after, int limit, CancellationToken cancellationToken) =>
        _readers.RunLongAsync<IReadOnlyList<ChatId>>(
            session =>
            {
                var chats = new List<ChatId>();
                using var row = session.Query(
                    "retention", SqliteStatements.FindRemains, ("$after", after.Value), ("$limit", limit));
                while (row.Read())
                {
                    chats.Add(ChatId.Parse(row.GetString(0)));
                }

                return chats;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveRemainsAsync(ChatId id, CancellationToken cancellationToken) =>
        _writer.RunAsync(session => HasRemains(session, id) && RemoveSlice(session, id), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveExpiredAsync(ExpiredKind kind, CancellationToken cancellationToken)
    {
        var (statement, lifetime) = kind switch
        {
            ExpiredKind.IdempotencyKeys => (SqliteStatements.RemoveExpiredKeysOfAll, IdempotencyRecord.Lifetime),
            ExpiredKind.Gravestones => (SqliteStatements.RemoveExpiredGravestones, Gravestones.Lifetime),
            ExpiredKind.Checkpoints => (SqliteStatements.RemoveExpiredCheckpoints, CheckpointRow.Lifetime),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
        };
        var expiredAt = SqliteRows.ToMicroseconds(_time.GetUtcNow() - lifetime);
        return _writer.RunAsync(session => session.Execute(
            "retention",
            statement,
            ("$expired_at", expiredAt),
            ("$limit", DeletionSlice.Rows)) == DeletionSlice.Rows, cancellationToken);
    }

    private Task<bool> RemoveAsync(ChatId id, long? version, CancellationToken cancellationToken) => _writer.RunAsync(
        session =>
        {
            var now = SqliteRows.ToMicroseconds(_time.GetUtcNow());
            if (session.Execute(
                "delete", SqliteStatements.BuryChat, ("$id", id.Value), ("$now", now), ("$version", version)) == 0)
            {
                return false;
            }

            session.Execute("delete", SqliteStatements.RemoveChat, ("$id", id.Value));
            RemoveSlice(session, id);
            return true;
        },
        cancellationToken);

    /// <summary>True if there may be more to remove.</summary>
    private static bool RemoveSlice(SqliteSession session, ChatId id)
    {
        session.Execute(
            "delete",
            SqliteStatements.RemoveMessagesOfBuried,
            ("$id", id.Value),
            ("$limit", DeletionSlice.Rows),
            ("$bytes", DeletionSlice.Bytes));
        session.Execute("delete", SqliteStatements.RemoveQueueOfBuried, ("$id", id.Value));
        session.Execute("delete", SqliteStatements.RemoveCheckpoints, ("$id", id.Value));
        session.Execute(
            "delete", SqliteStatements.RemoveKeysOfBuried, ("$id", id.Value), ("$limit", DeletionSlice.Rows));
        return session.Execute("delete", SqliteStatements.EndRemains, ("$id", id.Value)) == 0;
    }

    private static bool HasRemains(SqliteSession session, ChatId id)
    {
        using var row = session.Query("delete", SqliteStatements.HasRemains, ("$id", id.Value));
        return row.Read();
    }
}
