using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <summary>
/// Writes one transition. The rows are prepared in the constructor, on the caller's thread, to keep load off the one
/// writer thread.
/// </summary>
internal sealed class SqliteCommit
{
    /// <summary>The maximum number of messages in one step. The next constant limits their characters.</summary>
    private const int MaxRowsOfSlice = 500;
    private const int MaxSizeOfSlice = 128 * 1024;
    private const string Operation = "commit";
    private readonly Transition _transition;
    private readonly IdempotencyRecord? _idempotency;
    private readonly (string, object?)[] _chat;
    private readonly string? _tools;
    private readonly string[] _bodies;
    private readonly string[] _queued;
    private readonly string? _settings;
    private readonly (string, object?)[]? _usage;

    public SqliteCommit(Transition transition, IdempotencyRecord? idempotency)
    {
        _transition = transition;
        _idempotency = idempotency;
        _chat = SqliteRows.OfChat(transition.Next);
        _tools = transition.ExpectedVersion == 0 ? StoreJson.WriteClientTools(transition.Next.ClientTools) : null;
        _bodies = [.. transition.Appended.Select(StoreJson.WriteBody)];
        _queued = [.. transition.Enqueued.Select(queued => StoreJson.WriteText(queued.Content))];
        _settings = transition.ChangesSettings ? StoreJson.WriteSettings(transition.Next.Settings) : null;
        _usage = transition.Spent is { } spent ? SqliteUsage.Of(transition, spent) : null;
        Slices = IsCreation ? SlicesOf(_bodies) : [Range.All];
        Size = _chat.Sum(column => (column.Item2 as string)?.Length ?? 0)
            + (_tools?.Length ?? 0)
            + _bodies.Sum(body => body.Length)
            + _queued.Sum(text => text.Length)
            + (_settings?.Length ?? 0);
    }

    /// <summary>The chat's id.</summary>
    public ChatId Id => _transition.Next.Id;

    /// <summary>True if it creates a chat.</summary>
    public bool IsCreation => _transition.ExpectedVersion == 0;

    /// <summary>The approximate number of characters to write.</summary>
    public int Size { get; }

    /// <summary>
    /// The new messages, divided into the steps in which they are written. Only the creation of a chat has more than
    /// one step, because its messages are invisible until the chat exists.
    /// </summary>
    public IReadOnlyList<Range> Slices { get; }

    /// <summary>The approximate number of characters of a slice.</summary>
    public int SizeOf(Range slice) => _bodies[slice].Sum(body => body.Length);

    /// <summary>Runs the commit within the writer's transaction.</summary>
    public CommitResult Run(SqliteSession session) => Run(session, Range.All);

    /// <summary>Runs the commit with one slice of its messages. The others have already been written.</summary>
    public CommitResult Run(SqliteSession session, Range messages)
    {
        var (transition, idempotency) = (_transition, _idempotency);
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

        if (transition is { ChangesSettings: true, ExpectedVersion: not 0 })
        {
            session.Execute(
                Operation,
                SqliteStatements.UpdateSettings,
                ("$id", id.Value),
                ("$next_model", transition.Next.NextModel),
                ("$settings", _settings));
        }

        if (transition.RemovedFrom is { } from)
        {
            session.Execute(Operation, SqliteStatements.RemoveMessages, ("$id", id.Value), ("$from", from));
        }

        WriteMessages(session, messages);
        WriteQueue(session, transition);
        if (_usage is not null)
        {
            session.Execute(Operation, SqliteStatements.AddUsage, _usage);
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

    private static List<Range> SlicesOf(string[] bodies)
    {
        var slices = new List<Range>();
        var (first, size) = (0, 0);
        for (var i = 0; i < bodies.Length; i++)
        {
            if (i > first && (i - first == MaxRowsOfSlice || size + bodies[i].Length > MaxSizeOfSlice))
            {
                slices.Add(first..i);
                (first, size) = (i, 0);
            }

            size += bodies[i].Length;
        }

        slices.Add(first..bodies.Length);
        return slices;
    }

    private static long ExpiredAt(DateTimeOffset now) => SqliteRows.ToMicroseconds(now - IdempotencyRecord.Lifetime);

    private static bool IsKnown(SqliteSession session, ChatId id)
    {
        using var row = session.Query(Operation, SqliteStatements.IsKnownId, ("$id", id.Value));
        return row.Read() && row.GetBoolean(0);
    }

    private int InsertChat(SqliteSession session, Transition transition) => session.Execute(
        Operation,
        SqliteStatements.InsertChat,
        [
            .. _chat,
            ("$owner", transition.Next.Owner),
            ("$created_at", SqliteRows.ToMicroseconds(transition.Next.CreatedAt)),
            ("$client_tools", _tools),
            ("$next_model", transition.Next.NextModel),
            ("$settings", _settings),
            ("$max_chats", transition.MaxChatsOfOwner),
        ]);

    private int UpdateChat(SqliteSession session, Transition transition) => session.Execute(
        Operation,
        SqliteStatements.UpdateChat,
        [
            .. _chat,
            ("$expected_version", transition.ExpectedVersion),
            ("$expected_commit_id", SqliteRows.ToText(transition.ExpectedCommitId)),
            ("$fencing_token", transition.FencingToken),
        ]);

    /// <summary>Writes a slice of the messages.</summary>
    public void WriteMessages(SqliteSession session, Range slice)
    {
        var id = Id.Value;
        var (first, count) = slice.GetOffsetAndLength(_bodies.Length);
        for (var i = first; i < first + count; i++)
        {
            var (message, body) = (_transition.Appended[i], _bodies[i]);
            session.Execute(
                Operation,
                SqliteStatements.InsertMessage,
                ("$chat_id", id),
                ("$id", message.Id),
                ("$previous_id", message.PreviousId),
                ("$role", SqliteRows.ToText(message.Role)),
                ("$created_at", SqliteRows.ToMicroseconds(message.CreatedAt)),
                ("$body", body));
        }
    }

    private void WriteQueue(SqliteSession session, Transition transition)
    {
        var id = transition.Next.Id.Value;
        foreach (var (queued, content) in transition.Enqueued.Zip(_queued))
        {
            session.Execute(
                Operation,
                SqliteStatements.InsertQueued,
                ("$chat_id", id),
                ("$id", queued.Id),
                ("$content", content),
                ("$created_at", SqliteRows.ToMicroseconds(queued.CreatedAt)),
                ("$model", queued.Model),
                ("$settings", StoreJson.WriteSettings(queued.Settings)));
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
