using DurableChat.Chats;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Looks an idempotency key up.</summary>
internal static class PostgresKeys
{
    public static void Prepare(NpgsqlCommand command, ChatId id, string key)
    {
        command.CommandText = PostgresStatements.FindKey;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id.Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = IdempotencyRecord.Lifetime });
    }

    public static async Task<IdempotencyRecord?> ReadAsync(NpgsqlCommand command, string key, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await row.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new IdempotencyRecord(key, row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2))
            : null;
    }
}
