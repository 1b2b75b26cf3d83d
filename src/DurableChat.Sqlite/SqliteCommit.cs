using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <summary>Writes one transition within the writer's transaction.</summary>
internal static class SqliteCommit
{
    private const string Operation = "commit";

    public static CommitResult Run(SqliteSession session, Transition transition, IdempotencyRecord? idempotency)
    {
        var id = transition.Next.Id;
        if (idempotency is not null && !TryClaimKey(session, id, idempotency))
        {
            return new CommitResult.Repeated(Find(session, Operation, id, idempotency.Key, idempotency.CreatedAt)!);
        }

        var rows = transition.ExpectedVersion == 0 ? InsertChat(session, transition) : UpdateChat(session, transition);
        if (rows == 0)
        {
            if (idempotency is not null)
            {
                session.Execute(Operation, SqliteStatements.RemoveKey, ("$chat_id", id.Value), ("$key", idempotency.Key));
            }

            return transition.MaxChatsOfOwner is not null && !IsKnown(session, id) ? new CommitResult.TooManyChats() : new CommitResult.Conflict();
        }

        WriteMessages(session, transition);
        WriteQueue(session, transition);
        if (idempotency is not null && IdempotencyRecord.IsCleaningDue(transition.Next.Version))
        {
            session.Execute(Operation, SqliteStatements.RemoveExpiredKeys, ("$chat_id", id.Value), ("$expired_at", ExpiredAt(idempotency.CreatedAt)));
        }

        return new CommitResult.Committed();
    }

    public static IdempotencyRecord? Find(SqliteSession session, string operation, ChatId id, string key, DateTimeOffset now)
    {
        using var row = session.Query(operation, SqliteStatements.FindKey, ("$chat_id", id.Value), ("$key", key), ("$expired_at", ExpiredAt(now)));
        return row.Read()
            ? new IdempotencyRecord(key, row.GetString(0), row.GetString(1), SqliteRows.FromMicroseconds(row.GetInt64(2)))
            : null;
    }

    private static long ExpiredAt(DateTimeOffset now) => SqliteRows.ToMicroseconds(now - IdempotencyRecord.Lifetime);

    private static bool IsKnown(SqliteSession session, ChatId id)
    {
        using var row = session.Query(Operation, SqliteStatements.IsKnownId, ("$id", id.Value));
        return row.Read() && row.GetBoolean(0);
    }

    private static int InsertChat(SqliteSession session, Transition transition) => session.Execute(
        Operation,
        SqliteStatements.InsertChat,
        [
            .. SqliteRows.OfChat(transition.Next),
            ("$owner", transition.Next.Owner),
            ("$created_at", SqliteRows.ToMicroseconds(transition.Next.CreatedAt)),
            ("$client_tools", StoreJson.WriteClientTools(transition.Next.ClientTools)),
            ("$max_chats", transition.MaxChatsOfOwner),
        ]);

    private static int UpdateChat(SqliteSession session, Transition transition) => session.Execute(
        Operation,
        SqliteStatements.UpdateChat,
        [
            .. SqliteRows.OfChat(transition.Next),
            ("$expected_version", transition.ExpectedVersion),
            ("$fencing_token", transition.FencingToken),
        ]);

    private static void WriteMessages(SqliteSession session, Transition transition)
    {
        var id = transition.Next.Id.Value;
        if (transition.RemovedFrom is { } from)
        {
            session.Execute(Operation, SqliteStatements.RemoveMessages, ("$id", id), ("$from", from));
        }

        foreach (var message in transition.Appended)
        {
            session.Execute(
                Operation,
                SqliteStatements.InsertMessage,
                ("$chat_id", id),
                ("$id", message.Id),
                ("$previous_id", message.PreviousId),
                ("$role", SqliteRows.ToText(message.Role)),
                ("$created_at", SqliteRows.ToMicroseconds(message.CreatedAt)),
                ("$body", StoreJson.WriteBody(message)));
        }
    }

    private static void WriteQueue(SqliteSession session, Transition transition)
    {
        var id = transition.Next.Id.Value;
        foreach (var queued in transition.Enqueued)
        {
            session.Execute(
                Operation,
                SqliteStatements.InsertQueued,
                ("$chat_id", id),
                ("$id", queued.Id),
                ("$content", StoreJson.WriteText(queued.Content)),
                ("$created_at", SqliteRows.ToMicroseconds(queued.CreatedAt)));
        }

        foreach (var queuedId in transition.Dequeued)
        {
            session.Execute(Operation, SqliteStatements.RemoveQueued, ("$chat_id", id), ("$id", queuedId));
        }
    }

    private static bool TryClaimKey(SqliteSession session, ChatId id, IdempotencyRecord record) => session.Execute(
        Operation,
        SqliteStatements.ClaimKey,
        ("$chat_id", id.Value),
        ("$key", record.Key),
        ("$fingerprint", record.Fingerprint),
        ("$outcome", record.Outcome),
        ("$created_at", SqliteRows.ToMicroseconds(record.CreatedAt)),
        ("$expired_at", ExpiredAt(record.CreatedAt))) > 0;
}
