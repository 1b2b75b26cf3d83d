using DurableChat.Chats;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Looks up idempotency keys.</summary>
internal static class PostgresKeys
{
    public static NpgsqlBatchCommand ToCommand(ChatId id, string key) => new(PostgresStatements.FindKey)
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = id.Value },
            new NpgsqlParameter<string> { TypedValue = key },
            new NpgsqlParameter<TimeSpan> { TypedValue = IdempotencyRecord.Lifetime },
        },
    };

    public static async Task<IdempotencyRecord?> ReadAsync(NpgsqlDataReader row, ChatId id, string key)
    {
        await PostgresRows.ReadOwnAsync(row, id.Value).ConfigureAwait(false);
        return row.IsDBNull(0) ? null : new IdempotencyRecord(key, row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2));
    }
}
