using DurableChat.Chats;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Converts between rows and records.</summary>
internal static class PostgresRows
{
    /// <summary>
    /// Reads the first row of a result, whose last column repeats the request's key. Results of many chats come over
    /// one connection, one after another. Should they ever get out of step, no caller may get another chat's data or a
    /// false "not found", so there is a row even then.
    /// </summary>
    /// <exception cref="IOException">The result belongs to another statement.</exception>
    public static async Task ReadOwnAsync<T>(NpgsqlDataReader row, T asked)
        where T : IEquatable<T>
    {
        if (!await row.ReadAsync().ConfigureAwait(false) || !row.GetFieldValue<T>(row.FieldCount - 1).Equals(asked))
        {
            throw new IOException("The database answered another statement.");
        }
    }

    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static string ToText<TEnum>(TEnum value)
        where TEnum : struct, Enum => StoredName.Of(value);

    /// <summary>
    /// Reads a row of <see cref="PostgresStatements.Load"/> and its state text. The queue is read separately.
    /// </summary>
    public static (Chat Columns, string State) ReadChat(ChatId id, NpgsqlDataReader row) => (
        new Chat
        {
            Id = id,
            Owner = row.GetString(0),
            Title = StoreJson.ReadText(row.GetString(1)),
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
            CommitId = row.GetGuid(18),
            NextModel = TextOf(row, 19),
            Settings = StoreJson.ReadSettings(TextOf(row, 20)),
        },
        row.GetString(14));

    public static QueuedMessage? ReadQueued(NpgsqlDataReader row) =>
        row.IsDBNull(15) ? null : new(
            row.GetInt64(15), StoreJson.ReadText(row.GetString(16)), Urgent: false, FromMicroseconds(row.GetInt64(17)))
        {
            Model = TextOf(row, 21),
            Settings = StoreJson.ReadSettings(TextOf(row, 22)),
        };

    public static Message ReadMessage(NpgsqlDataReader row) => StoreJson.ReadMessage(
        row.GetInt64(3), row.GetInt64(4), StoredName.Read(row.GetString(5), MessageRole.Unknown),
            FromMicroseconds(row.GetInt64(6)), row.GetString(7));

    public static ChatSummary ReadSummary(NpgsqlDataReader row) => new()
    {
        Id = ChatId.Parse(row.GetString(0)),
        Title = StoreJson.ReadText(row.GetString(1)),
        Model = row.GetString(2),
        Status = StoredName.Read(row.GetString(3), ChatStatus.Unknown),
        Archived = row.GetBoolean(4),
        Version = row.GetInt64(5),
        LastMessageId = row.GetInt64(6),
        CreatedAt = FromMicroseconds(row.GetInt64(7)),
        UpdatedAt = FromMicroseconds(row.GetInt64(8)),
    };

    private static string? TextOf(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
