using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <content>How chats are deleted, by their owners and by retention.</content>
public sealed partial class SqliteChatStore : IRetentionStore
{
    private readonly object _rounds = new();

    // Guarded by _rounds. There is one process, so its memory will do.
    private long? _roundBegun;

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ChatId id, long version, CancellationToken cancellationToken) => RemoveAsync(id, version, cancellationToken);

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
    public Task<RetentionPage> FindArchivedAsync(ChatId after, DateTimeOffset unchangedSince, int limit, CancellationToken cancellationToken) => _readers.RunAsync(
        session =>
        {
            var chats = new List<(ChatId, bool)>();
            using var row = session.Query(
                "retention", SqliteStatements.FindArchived, ("$after", after.Value), ("$unchanged_since", SqliteRows.ToMicroseconds(unchangedSince)), ("$limit", limit));
            while (row.Read())
            {
                chats.Add((ChatId.Parse(row.GetString(0)), row.GetBoolean(1)));
            }

            return RetentionPage.Of(chats, limit);
        },
        cancellationToken);

    private Task<bool> RemoveAsync(ChatId id, long? version, CancellationToken cancellationToken) => _writer.RunAsync(
        session =>
        {
            var now = SqliteRows.ToMicroseconds(_time.GetUtcNow());
            if (session.Execute("delete", SqliteStatements.BuryChat, ("$id", id.Value), ("$now", now), ("$version", version)) == 0)
            {
                return false;
            }

            foreach (var statement in SqliteStatements.DeleteChat)
            {
                session.Execute("delete", statement, ("$id", id.Value));
            }

            return true;
        },
        cancellationToken);
}
