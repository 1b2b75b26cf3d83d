using DurableChat.Chats;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <content>What model calls have cost.</content>
public sealed partial class PostgresChatStore : IUsageStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<DailyUsage>> ReadUsageAsync(
        string owner, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        _session.RequestAsync(
            async (connection, _, ct) =>
            {
                await using var command = connection.CreateCommand();
                Prepare(command, PostgresStatements.ReadUsage, owner);
                command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = from });
                command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = to });
                _metrics.Statements("usage");
                var days = new List<DailyUsage>();
                await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
                while (await row.ReadAsync(ct).ConfigureAwait(false))
                {
                    days.Add(ReadUsage(row));
                }

                return (IReadOnlyList<DailyUsage>)days;
            },
            cancellationToken);

    private static DailyUsage ReadUsage(NpgsqlDataReader row) => new(
        row.GetFieldValue<DateOnly>(0),
        row.GetString(1),
        row.GetInt64(2),
        new TokenUsage(row.GetInt64(3), row.GetInt64(4))
        {
            CacheReadTokens = ReadCount(row, 5),
            CacheWriteTokens = ReadCount(row, 6),
            ReasoningTokens = ReadCount(row, 7),
            Cost = row.IsDBNull(8) ? null : row.GetDecimal(8),
        });

    private static long? ReadCount(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetInt64(column);
}
