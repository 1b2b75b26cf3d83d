using DurableChat.Chats;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <content>How chats are deleted, by their owners and by retention.</content>
public sealed partial class PostgresChatStore : IRetentionStore
{
    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ChatId id, long version, CancellationToken cancellationToken) => BuryAsync(
        id,
        () => new NpgsqlBatchCommand(PostgresStatements.BuryChatAt)
        {
            Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = id.Value },
            new NpgsqlParameter<long> { TypedValue = version },
        }
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryBeginRoundAsync(TimeSpan interval, CancellationToken cancellationToken) => _session.RunAsync(
        "retention",
        command =>
        {
            command.CommandText = PostgresStatements.BeginRound;
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)interval.TotalMilliseconds });
        },
        async (command, ct) => await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0,
        cancellationToken);

    /// <inheritdoc/>
    public Task<RetentionPage> FindArchivedAsync(
        ChatId after,
        DateTimeOffset unchangedSince,
        int limit,
        CancellationToken cancellationToken) => _session.RunAsync(
        "retention",
        command =>
        {
            Prepare(command, PostgresStatements.FindArchived, after.Value);
            command.Parameters.Add(
                new NpgsqlParameter<long> { TypedValue = PostgresRows.ToMicroseconds(unchangedSince) });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        },
        async (command, ct) =>
        {
            var chats = new List<(ChatId, bool)>();
            await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            while (await row.ReadAsync(ct).ConfigureAwait(false))
            {
                chats.Add((ChatId.Parse(row.GetString(0)), row.GetBoolean(1)));
            }

            return RetentionPage.Of(chats, limit);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChatId>> FindRemainsAsync(ChatId after, int limit, CancellationToken cancellationToken) =>
        _session.RunAsync(
            "retention",
            command =>
            {
                Prepare(command, PostgresStatements.FindRemains, after.Value);
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
            },
            async (command, ct) =>
            {
                var chats = new List<ChatId>();
                await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
                while (await row.ReadAsync(ct).ConfigureAwait(false))
                {
                    chats.Add(ChatId.Parse(row.GetString(0)));
                }

                return (IReadOnlyList<ChatId>)chats;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveRemainsAsync(ChatId id, CancellationToken cancellationToken) => _session.RequestAsync(
        async (connection, _, ct) =>
        {
            await using var batch = new NpgsqlBatch(connection);
            AddSlice(batch, id);
            _metrics.Statements("delete", batch.BatchCommands.Count);
            await batch.ExecuteNonQueryAsync(ct).ConfigureAwait(false);

            // An unchanged gravestone would not be proof: another replica may have finished first.
            var removed = Enumerable.Range(0, batch.BatchCommands.Count - 1)
                .Sum(index => (long)batch.BatchCommands[index].RecordsAffected);
            return removed > 0 && batch.BatchCommands[^1].RecordsAffected == 0;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveExpiredAsync(ExpiredKind kind, CancellationToken cancellationToken)
    {
        var (statement, lifetime) = kind switch
        {
            ExpiredKind.IdempotencyKeys => (PostgresStatements.RemoveExpiredKeysOfAll, IdempotencyRecord.Lifetime),
            ExpiredKind.Gravestones => (PostgresStatements.RemoveExpiredGravestones, Gravestones.Lifetime),
            ExpiredKind.Checkpoints => (PostgresStatements.RemoveExpiredCheckpoints, CheckpointRow.Lifetime),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
        };
        return _session.RunAsync(
            "retention",
            command =>
            {
                command.CommandText = statement;
                command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lifetime });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = DeletionSlice.Rows });
            },
            async (command, ct) => await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) == DeletionSlice.Rows,
            cancellationToken);
    }

    private static void AddSlice(NpgsqlBatch batch, ChatId id)
    {
        var rows = new NpgsqlParameter<int> { TypedValue = DeletionSlice.Rows };
        var messages = ToCommand(PostgresStatements.RemoveMessagesOfBuried, id);
        messages.Parameters.Add(rows);
        messages.Parameters.Add(new NpgsqlParameter<long> { TypedValue = DeletionSlice.Bytes });
        var keys = ToCommand(PostgresStatements.RemoveKeysOfBuried, id);
        keys.Parameters.Add(rows.Clone());
        batch.BatchCommands.Add(messages);
        batch.BatchCommands.Add(ToCommand(PostgresStatements.RemoveQueueOfBuried, id));
        batch.BatchCommands.Add(ToCommand(PostgresStatements.RemoveCheckpointsOfBuried, id));
        batch.BatchCommands.Add(keys);
        batch.BatchCommands.Add(ToCommand(PostgresStatements.EndRemains, id));
    }

    private Task<bool> BuryAsync(ChatId id, Func<NpgsqlBatchCommand> bury, CancellationToken cancellationToken) =>
        _session.RequestAsync(
            async (connection, isInDoubt, ct) =>
            {
                await using var batch = new NpgsqlBatch(connection);
                batch.BatchCommands.Add(bury());
                AddSlice(batch, id);

                _metrics.Statements("delete", batch.BatchCommands.Count);
                using var standbys = new StandbyWatch(connection);
                await batch.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
                if (standbys.Take() is { } unconfirmed)
                {
                    throw unconfirmed;
                }

                if (batch.BatchCommands[0].RecordsAffected > 0 || !isInDoubt)
                {
                    return batch.BatchCommands[0].RecordsAffected > 0;
                }

                // After an attempt in doubt, the chat may already be gone because of that attempt.
                await using var command = new NpgsqlCommand(PostgresStatements.FindGravestone, connection);
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id.Value });
                _metrics.Statements("delete");
                return await command.ExecuteScalarAsync(ct).ConfigureAwait(false) is true;
            },
            cancellationToken);
}
