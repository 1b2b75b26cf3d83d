using DurableChat.Chats;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>Converts between rows and records.</summary>
internal static class SqliteRows
{
    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static string ToText<TEnum>(TEnum value)
        where TEnum : struct, Enum => StoredName.Of(value);

    public static string ToText(Guid commitId) => commitId == Guid.Empty ? string.Empty : commitId.ToString("N");

    public static Guid ToCommitId(string text) => text.Length == 0 ? Guid.Empty : Guid.ParseExact(text, "N");

    /// <summary>
    /// Reads a row of <see cref="SqliteStatements.LoadChat"/> and its state text. The queue is read separately.
    /// </summary>
    public static (Chat Columns, string State) ReadChat(ChatId id, SqliteDataReader row) => (
        new Chat
        {
            Id = id,
            Owner = row.GetString(0),
            Title = row.GetString(1),
            Model = row.GetString(2),
            Status = StoredName.Read(row.GetString(3), ChatStatus.Unknown),
            Archived = row.GetBoolean(4),
            Version = row.GetInt64(5),
            Epoch = row.GetInt64(6),
            LastMessageId = row.GetInt64(7),
            Lease = row.IsDBNull(9) ? null : new Lease(row.GetString(8), row.GetInt64(9)),
            LeaseToken = row.GetInt64(10),
            CreatedAt = FromMicroseconds(row.GetInt64(11)),
            UpdatedAt = FromMicroseconds(row.GetInt64(12)),
            ClientTools = StoreJson.ReadClientTools(row.GetString(13)),
            CommitId = ToCommitId(row.GetString(15)),
            NextModel = TextOf(row, 16),
            Settings = StoreJson.ReadSettings(TextOf(row, 17)),
        },
        row.GetString(14));

    public static (string, object?)[] OfChat(Chat chat) =>
    [
        ("$id", chat.Id.Value),
        ("$title", chat.Title),
        ("$model", chat.Model),
        ("$status", ToText(chat.Status)),
        ("$archived", chat.Archived),
        ("$version", chat.Version),
        ("$epoch", chat.Epoch),
        ("$last_message_id", chat.LastMessageId),
        ("$lease_replica", chat.Lease?.Replica),
        ("$lease_token", chat.Lease?.Token),
        ("$last_lease_token", chat.LeaseToken),
        ("$updated_at", ToMicroseconds(chat.UpdatedAt)),
        ("$state", StoreJson.WriteState(chat)),
        ("$commit_id", ToText(chat.CommitId)),
    ];

    public static QueuedMessage ReadQueued(SqliteDataReader row) =>
        new(row.GetInt64(0), StoreJson.ReadText(row.GetString(1)), Urgent: false, FromMicroseconds(row.GetInt64(2)))
        {
            Model = TextOf(row, 3),
            Settings = StoreJson.ReadSettings(TextOf(row, 4)),
        };

    private static string? TextOf(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    public static Message ReadMessage(SqliteDataReader row, string body) => StoreJson.ReadMessage(
        row.GetInt64(0), row.GetInt64(1), StoredName.Read(row.GetString(2), MessageRole.Unknown),
            FromMicroseconds(row.GetInt64(3)), body);

    public static ChatSummary ReadSummary(SqliteDataReader row) => new()
    {
        Id = ChatId.Parse(row.GetString(0)),
        Title = row.GetString(1),
        Model = row.GetString(2),
        Status = StoredName.Read(row.GetString(3), ChatStatus.Unknown),
        Archived = row.GetBoolean(4),
        Version = row.GetInt64(5),
        LastMessageId = row.GetInt64(6),
        CreatedAt = FromMicroseconds(row.GetInt64(7)),
        UpdatedAt = FromMicroseconds(row.GetInt64(8)),
    };
}
