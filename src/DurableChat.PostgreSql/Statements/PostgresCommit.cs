using DurableChat.Chats;
using DurableChat.Storage;
using Npgsql;
using NpgsqlTypes;

namespace DurableChat.PostgreSql;

/// <summary>Builds the statement that writes one transition, and reads its result.</summary>
internal static class PostgresCommit
{
    /// <param name="transition">The transition to write.</param>
    /// <param name="idempotency">Its idempotency key, if it has one.</param>
    public static NpgsqlBatchCommand ToCommand(Transition transition, IdempotencyRecord? idempotency)
    {
        var chat = transition.Next;
        var isNew = transition.ExpectedVersion == 0;
        var command = new NpgsqlBatchCommand(PostgresStatements.Commit(new CommitShape(
            isNew,
            transition.ChangesSettings,
            transition.MaxChatsOfOwner is not null,
            idempotency is not null,
            transition.RemovedFrom is not null,
            transition.Appended.Count > 0,
            transition.Enqueued.Count > 0,
            transition.Dequeued.Count > 0,
            transition.Spent is not null)));
        Add(command, chat.Id.Value);
        Add(command, StoreJson.WriteText(chat.Title));
        Add(command, chat.Model);
        Add(command, PostgresRows.ToText(chat.Status));
        Add(command, chat.Archived);
        Add(command, chat.Version);
        Add(command, chat.Epoch);
        Add(command, chat.LastMessageId);
        AddNullable(command, NpgsqlDbType.Text, chat.Lease?.Replica);
        AddNullable(command, NpgsqlDbType.Bigint, chat.Lease?.Token);
        Add(command, chat.LeaseToken);
        Add(command, PostgresRows.ToMicroseconds(chat.UpdatedAt));
        Add(command, chat.CommitId);
        Add(command, StoreJson.WriteState(chat));
        if (isNew)
        {
            Add(command, chat.Owner);
            Add(command, PostgresRows.ToMicroseconds(chat.CreatedAt));
            Add(command, StoreJson.WriteClientTools(chat.ClientTools));
        }
        else
        {
            AddNullable(command, NpgsqlDbType.Bigint, transition.FencingToken);
            Add(command, transition.ExpectedCommitId);
        }

        if (transition.ChangesSettings)
        {
            AddNullable(command, NpgsqlDbType.Text, chat.NextModel);
            AddNullable(command, NpgsqlDbType.Text, StoreJson.WriteSettings(chat.Settings));
        }

        if (idempotency is not null)
        {
            Add(command, idempotency.Key);
            Add(command, idempotency.Fingerprint);
            Add(command, idempotency.Outcome);
            Add(command, IdempotencyRecord.Lifetime);
        }

        if (transition.MaxChatsOfOwner is { } room)
        {
            Add(command, room);
        }

        AddRows(command, transition);
        return command;
    }

    /// <summary>Reads the result of the statement at the reader's position.</summary>
    public static async Task<CommitResult> ReadAsync(NpgsqlDataReader row, Transition transition, IdempotencyRecord? idempotency)
    {
        await PostgresRows.ReadOwnAsync(row, transition.Next.CommitId).ConfigureAwait(false);
        return row.GetBoolean(0) ? new CommitResult.Committed()
            : idempotency is not null && !row.IsDBNull(1)
                ? new CommitResult.Repeated(new IdempotencyRecord(idempotency.Key, row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3)))
                : transition.MaxChatsOfOwner is not null && !row.GetBoolean(row.FieldCount - 2)
                    ? new CommitResult.TooManyChats()
                    : new CommitResult.Conflict();
    }

    private static void AddRows(NpgsqlBatchCommand command, Transition transition)
    {
        if (transition.RemovedFrom is { } from)
        {
            Add(command, from);
        }

        if (transition.Appended is [_, ..] appended)
        {
            Add(command, appended.Select(message => message.Id).ToArray());
            Add(command, appended.Select(message => message.PreviousId).ToArray());
            Add(command, appended.Select(message => PostgresRows.ToText(message.Role)).ToArray());
            Add(command, appended.Select(message => PostgresRows.ToMicroseconds(message.CreatedAt)).ToArray());
            Add(command, appended.Select(StoreJson.WriteBody).ToArray());
        }

        if (transition.Enqueued is [_, ..] enqueued)
        {
            Add(command, enqueued.Select(queued => queued.Id).ToArray());
            Add(command, enqueued.Select(queued => StoreJson.WriteText(queued.Content)).ToArray());
            Add(command, enqueued.Select(queued => PostgresRows.ToMicroseconds(queued.CreatedAt)).ToArray());
            Add(command, enqueued.Select(queued => queued.Model).ToArray());
            Add(command, enqueued.Select(queued => StoreJson.WriteSettings(queued.Settings)).ToArray());
        }

        if (transition.Dequeued is [_, ..] dequeued)
        {
            Add(command, dequeued.ToArray());
        }

        if (transition.Spent is { } spent)
        {
            AddUsage(command, transition, spent);
        }
    }

    private static void AddUsage(NpgsqlBatchCommand command, Transition transition, Spending spent)
    {
        Add(command, transition.Next.Owner);
        Add(command, DailyUsage.DayOf(transition));
        Add(command, spent.Model);
        Add(command, spent.Usage.InputTokens);
        Add(command, spent.Usage.OutputTokens);
        AddNullable(command, NpgsqlDbType.Bigint, spent.Usage.CacheReadTokens);
        AddNullable(command, NpgsqlDbType.Bigint, spent.Usage.CacheWriteTokens);
        AddNullable(command, NpgsqlDbType.Bigint, spent.Usage.ReasoningTokens);
        AddNullable(command, NpgsqlDbType.Numeric, spent.Usage.Cost);
    }

    private static void Add<T>(NpgsqlBatchCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    private static void AddNullable(NpgsqlBatchCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}
