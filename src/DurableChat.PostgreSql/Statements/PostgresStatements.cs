using System.Collections.Concurrent;
using System.Text;

namespace DurableChat.PostgreSql;

/// <summary>All SQL of the store except for the migrations. Parameters are numbered.</summary>
internal static class PostgresStatements
{
    public const string Load =
        """
        SELECT c.owner, c.title, c.model, c.status, c.archived, c.version, c.epoch, c.last_message_id, c.lease_replica, c.lease_token, c.last_lease_token,
               c.created_at, c.updated_at, c.client_tools, c.state, q.id, q.content, q.created_at, c.commit_id,
               c.next_model, c.settings, q.model, q.settings, $1
        FROM (SELECT) AS asked LEFT JOIN chats c ON c.chat_id = $1 AND c.version > 0 LEFT JOIN queued_messages q ON q.chat_id = c.chat_id
        """;

    /// <summary>
    /// Reads the state and the messages in one statement, and thus from one snapshot. The first message is included
    /// whatever its size, the others within the byte limit.
    /// </summary>
    public const string ReadAfter =
        """
        SELECT c.version, c.epoch, c.last_message_id, m.id, m.previous_id, m.role, m.created_at, m.body, c.commit_id, $1
        FROM (SELECT) AS asked LEFT JOIN chats c ON c.chat_id = $1 AND c.version > 0 LEFT JOIN LATERAL (
            SELECT id, previous_id, role, created_at, body, sum(octet_length(body)) OVER (ORDER BY id) AS bytes FROM (
                SELECT id, previous_id, role, created_at, body FROM messages WHERE chat_id = $1 AND id > $2 ORDER BY id LIMIT $3
            ) AS page
        ) AS m ON c.chat_id IS NOT NULL AND (m.bytes <= $4 OR m.bytes = octet_length(m.body))
        ORDER BY m.id
        """;

    public const string ReadBefore =
        """
        SELECT c.version, c.epoch, c.last_message_id, m.id, m.previous_id, m.role, m.created_at, m.body, c.commit_id, $1
        FROM (SELECT) AS asked LEFT JOIN chats c ON c.chat_id = $1 AND c.version > 0 LEFT JOIN LATERAL (
            SELECT id, previous_id, role, created_at, body, sum(octet_length(body)) OVER (ORDER BY id DESC) AS bytes FROM (
                SELECT id, previous_id, role, created_at, body FROM messages WHERE chat_id = $1 AND id > $2 AND id < $5 ORDER BY id DESC LIMIT $3
            ) AS page
        ) AS m ON c.chat_id IS NOT NULL AND (m.bytes <= $4 OR m.bytes = octet_length(m.body))
        ORDER BY m.id
        """;

    public const string ListArchivedOrNot =
        """
        SELECT chat_id, title, coalesce(next_model, model) AS model, status, archived, version,
               last_message_id, created_at, updated_at FROM chats
        WHERE owner = $1 AND archived = $5 AND version > 0 AND (updated_at, chat_id) < ($2, $3)
        ORDER BY updated_at DESC, chat_id DESC LIMIT $4
        """;

    /// <summary>One page, merged from a page of archived and a page of other chats.</summary>
    public const string ListAll =
        """
        SELECT * FROM (
            (SELECT chat_id, title, coalesce(next_model, model) AS model, status, archived, version,
                    last_message_id, created_at, updated_at FROM chats
             WHERE owner = $1 AND archived = false AND version > 0 AND (updated_at, chat_id) < ($2, $3)
             ORDER BY updated_at DESC, chat_id DESC LIMIT $4)
            UNION ALL
            (SELECT chat_id, title, coalesce(next_model, model) AS model, status, archived, version,
                    last_message_id, created_at, updated_at FROM chats
             WHERE owner = $1 AND archived = true AND version > 0 AND (updated_at, chat_id) < ($2, $3)
             ORDER BY updated_at DESC, chat_id DESC LIMIT $4)
        ) AS listed
        ORDER BY updated_at DESC, chat_id DESC LIMIT $4
        """;

    /// <summary>
    /// Of the given chats, those whose stored version or commit differs from the known one, or that no longer exist.
    /// Where no commit is known, versions are compared.
    /// </summary>
    public const string FindChanged =
        """
        SELECT k.chat_id, c.version FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::bigint[]) AS k (chat_id, version, commit_id, owner, epoch)
        LEFT JOIN chats c ON c.chat_id = k.chat_id COLLATE "C" AND c.version > 0
        WHERE c.version IS DISTINCT FROM k.version OR (k.commit_id <> '00000000-0000-0000-0000-000000000000' AND c.commit_id <> k.commit_id)
            OR c.owner <> k.owner OR (k.epoch > 0 AND c.epoch <> k.epoch)
        """;

    /// <summary>Rows whose token is not that of the chat's lease are refused.</summary>
    public const string WriteCheckpoints =
        """
        INSERT INTO checkpoints (chat_id, generation, first_seq, written_at, body)
        SELECT c.chat_id, r.generation, r.first_seq, now(), r.body
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) AS r (chat_id, token, generation, first_seq, body)
        JOIN chats c ON c.chat_id = r.chat_id COLLATE "C" AND c.lease_token = r.token
        ON CONFLICT (chat_id, generation, first_seq) DO UPDATE SET written_at = excluded.written_at, body = excluded.body
        """;

    public const string ReadCheckpoint =
        "SELECT body FROM checkpoints WHERE chat_id = $1 AND generation = $2 ORDER BY first_seq";

    public const string RemoveCheckpointsOfBuried =
        "DELETE FROM checkpoints WHERE chat_id = $1 AND EXISTS (SELECT FROM chats WHERE chat_id = $1 AND version = 0)";

    /// <summary>
    /// The table holds little more than the answers in flight, so it needs no index for this. Skips rows that another
    /// replica is removing at the moment.
    /// </summary>
    public const string RemoveExpiredCheckpoints =
        """
        DELETE FROM checkpoints WHERE (chat_id, generation, first_seq) IN (
            SELECT chat_id, generation, first_seq FROM checkpoints WHERE written_at <= now() - $1::interval
            LIMIT $2 FOR UPDATE SKIP LOCKED)
        """;

    public const string FindKey =
        "SELECT k.fingerprint, k.outcome, k.created_at, $1 FROM (SELECT) AS asked LEFT JOIN idempotency_keys k ON "
            + "k.chat_id = $1 AND k.key = $2 AND k.created_at > now() - $3::interval";

    /// <summary>Settles a commit in doubt: reads the chat's version and the commit that made it.</summary>
    public const string FindCommit =
        "SELECT c.version, c.commit_id, $1 FROM (SELECT) AS asked LEFT JOIN chats c ON c.chat_id = $1";

    /// <summary>
    /// A deleted chat leaves its row, empty and at version 0, which no commit expects. If the row were deleted, a
    /// creation that had looked for a gravestone just before could insert a new chat in its place, because a missing
    /// row cannot be locked.
    /// </summary>
    public const string BuryChat =
        """
        UPDATE chats SET version = 0, owner = '', title = '', model = '', status = 'deleted', archived = false, lease_replica = NULL, lease_token = NULL, client_tools = '', state = '',
                         next_model = NULL, settings = NULL,
                         updated_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        WHERE chat_id = $1 AND version > 0
        """;

    /// <summary>The same, provided that the chat still has the version at which the deletion was decided.</summary>
    public const string BuryChatAt = $"{BuryChat} AND version = $2";

    /// <summary>Whether a deletion in doubt took effect.</summary>
    public const string FindGravestone = "SELECT EXISTS (SELECT FROM chats WHERE chat_id = $1 AND version = 0)";

    /// <summary>One page of the primary key, including gravestones.</summary>
    public const string FindArchived =
        "SELECT chat_id, archived AND version > 0 AND updated_at <= $2 FROM chats WHERE chat_id > $1 ORDER BY "
            + "chat_id LIMIT $3";

    /// <summary>The replica that changes the row runs the round.</summary>
    public const string BeginRound =
        """
        INSERT INTO cluster_settings AS kept (name, value) VALUES ('retention', (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value::bigint - kept.value::bigint >= $1
        """;

    public const string FindRemains =
        "SELECT chat_id FROM chats WHERE version = 0 AND status = 'deleted' AND chat_id > $1 ORDER BY chat_id LIMIT $2";

    /// <summary>
    /// A separate statement after the one that locked the chat: only then does it see what a concurrent commit had
    /// written. Reads the sizes without the bodies.
    /// </summary>
    public const string RemoveMessagesOfBuried =
        """
        DELETE FROM messages WHERE chat_id = $1 AND EXISTS (SELECT FROM chats WHERE chat_id = $1 AND version = 0) AND id IN (
            SELECT id FROM (
                SELECT id, sum(size) OVER (ORDER BY id) - size AS earlier
                FROM (SELECT id, octet_length(body) AS size FROM messages WHERE chat_id = $1 ORDER BY id LIMIT $2) AS first
            ) AS measured WHERE earlier < $3)
        """;

    public const string RemoveQueueOfBuried =
        "DELETE FROM queued_messages WHERE chat_id = $1 AND EXISTS (SELECT FROM chats WHERE chat_id = $1 AND "
            + "version = 0)";

    public const string RemoveKeysOfBuried =
        """
        DELETE FROM idempotency_keys WHERE chat_id = $1 AND EXISTS (SELECT FROM chats WHERE chat_id = $1 AND version = 0)
          AND key IN (SELECT key FROM idempotency_keys WHERE chat_id = $1 ORDER BY key LIMIT $2)
        """;

    /// <summary>Changes a row if nothing remains.</summary>
    public const string EndRemains =
        """
        UPDATE chats SET status = 'buried', updated_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint WHERE chat_id = $1 AND version = 0 AND status = 'deleted'
          AND NOT EXISTS (SELECT FROM messages WHERE chat_id = $1) AND NOT EXISTS (SELECT FROM idempotency_keys WHERE chat_id = $1)
        """;

    /// <summary>Skips rows that another replica is removing at the moment.</summary>
    public const string RemoveExpiredKeysOfAll =
        """
        DELETE FROM idempotency_keys WHERE (chat_id, key) IN (
            SELECT chat_id, key FROM idempotency_keys WHERE created_at <= now() - $1::interval ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """;

    public const string RemoveExpiredGravestones =
        """
        DELETE FROM chats WHERE version = 0 AND chat_id IN (
            SELECT chat_id FROM chats WHERE version = 0 AND status = 'buried' AND updated_at <= (extract(epoch FROM now() - $1::interval) * 1000000)::bigint
            ORDER BY updated_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>A gap longer than half a lease resets <c>on_time_since</c>.</summary>
    public const string Heartbeat =
        """
        INSERT INTO replicas AS kept (replica_id, address, heartbeat_at, on_time_since) SELECT $1, $2, t, t FROM clock_timestamp() AS t
        ON CONFLICT (replica_id) DO UPDATE SET address = excluded.address, heartbeat_at = excluded.heartbeat_at,
            on_time_since = CASE WHEN excluded.heartbeat_at - kept.heartbeat_at <= $3::interval / 2 THEN kept.on_time_since ELSE excluded.heartbeat_at END
        """;

    public const string Retire = "DELETE FROM replicas WHERE replica_id = $1";

    public const string FindAddress = "SELECT address FROM replicas WHERE replica_id = $1";

    public const string ListReplicas =
        """
        SELECT r.replica_id, r.address, clock_timestamp() - r.heartbeat_at, coalesce(l.leases, 0)
        FROM replicas r
        LEFT JOIN (SELECT lease_replica, count(*)::int AS leases FROM chats WHERE status IN ('running', 'interrupting') GROUP BY lease_replica) l ON l.lease_replica = r.replica_id
        ORDER BY r.heartbeat_at DESC, r.replica_id LIMIT $1
        """;

    public const string ListLeases =
        "SELECT chat_id, lease_token, version, status = 'interrupting' FROM chats WHERE status IN ('running', "
            + "'interrupting') AND lease_replica = $1";

    /// <summary>
    /// A replica that was itself unresponsive must not declare others dead: its own heartbeats must have been on time
    /// for a whole lease. For a suspect, whose session has closed, one missed heartbeat is enough.
    /// </summary>
    public const string FindClaimable =
        """
        SELECT c.chat_id, c.owner, c.lease_token, c.updated_at FROM chats c LEFT JOIN replicas r ON r.replica_id = c.lease_replica
        WHERE c.status IN ('running', 'interrupting') AND c.lease_replica IS DISTINCT FROM $1 AND (c.updated_at, c.chat_id) > ($3, $4)
          AND (c.lease_token IS NULL OR r.heartbeat_at IS NULL OR (r.heartbeat_at < clock_timestamp() - $2::interval
            AND EXISTS (SELECT FROM replicas own WHERE own.replica_id = $1 AND own.heartbeat_at >= clock_timestamp() - $2::interval / 2 AND own.on_time_since <= clock_timestamp() - $2::interval))
            OR (c.lease_replica = ANY ($7) AND r.heartbeat_at < clock_timestamp() - $8::interval
              AND EXISTS (SELECT FROM replicas own WHERE own.replica_id = $1 AND own.heartbeat_at >= clock_timestamp() - $8::interval)))
          AND c.owner <> ALL ($5)
        ORDER BY c.updated_at, c.chat_id LIMIT $6
        """;

    /// <summary>
    /// The lock that a replica's session holds. Shared, so that names with the same hash do not collide.
    /// </summary>
    public const string OpenSession = "SELECT pg_advisory_lock_shared(1685415012, hashtext($1))";

    /// <summary>
    /// A lock of two numbers is shown with the first as <c>classid</c> and the second as <c>objid</c>.
    /// </summary>
    public const string ListSessions =
        """
        SELECT r.replica_id FROM replicas r WHERE (hashtext(r.replica_id)::bigint & 4294967295)::oid IN (
            SELECT l.objid FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = 1685415012 AND l.objsubid = 2 AND l.granted
                AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
        """;

    public const string ReadUsage =
        """
        SELECT day, model, sum(requests)::bigint, sum(input)::bigint, sum(output)::bigint,
               sum(cache_read)::bigint, sum(cache_write)::bigint, sum(reasoning)::bigint, sum(cost)
        FROM usage WHERE owner = $1 AND day BETWEEN $2 AND $3 GROUP BY day, model ORDER BY day, model
        """;

    /// <summary>The first call creates the value.</summary>
    public const string KeepSetting =
        """
        WITH made AS (INSERT INTO cluster_settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING value)
        SELECT value FROM made UNION ALL SELECT value FROM cluster_settings WHERE name = $1 LIMIT 1
        """;

    /// <summary>The newest secret first, and the time.</summary>
    public const string ReadSecrets =
        """
        SELECT value, clock_timestamp() FROM (
            SELECT 0 AS place, value FROM cluster_settings WHERE name = 'secret'
            UNION ALL
            SELECT 1, substr(value, strpos(value, ':') + 1) FROM cluster_settings
            WHERE name = 'secret_before' AND split_part(value, ':', 1)::bigint > extract(epoch FROM clock_timestamp()) * 1000) AS secrets
        ORDER BY place
        """;

    /// <summary>
    /// The previous secret stays in use until the overlap has passed. The lock serialises concurrent rotations.
    /// </summary>
    public const string RotateSecret =
        """
        WITH old AS (SELECT value FROM cluster_settings WHERE name = 'secret' FOR UPDATE),
             kept AS (INSERT INTO cluster_settings AS s (name, value)
                      SELECT 'secret_before', floor((extract(epoch FROM clock_timestamp()) + $2) * 1000)::bigint || ':' || value FROM old
                      ON CONFLICT (name) DO UPDATE SET value = excluded.value
                      RETURNING 1)
        INSERT INTO cluster_settings AS s (name, value) SELECT 'secret', $1 FROM kept ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """;

    /// <summary>Publishing a key removes expired ones.</summary>
    public const string PublishKey =
        """
        WITH gone AS (DELETE FROM cluster_settings
                      WHERE name LIKE 'public\_key:%' AND name <> $1 AND split_part(value, ':', 1)::bigint < extract(epoch FROM clock_timestamp()) * 1000)
        INSERT INTO cluster_settings (name, value) VALUES ($1, ((extract(epoch FROM clock_timestamp()) + $3) * 1000)::bigint || ':' || $2)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """;

    public const string FindKeyOfReplica =
        """
        SELECT split_part(value, ':', 2), (split_part(value, ':', 1)::bigint - extract(epoch FROM clock_timestamp()) * 1000)::bigint AS left_ms
        FROM cluster_settings WHERE name = $1
        """;

    private const string InsertChat =
        """
        WITH done AS (
            INSERT INTO chats (chat_id, title, model, status, archived, version, epoch, last_message_id, lease_replica, lease_token, last_lease_token, updated_at, commit_id,
                               state, owner, created_at, client_tools)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
        """;

    private const string InsertedChat =
        """

            ON CONFLICT (chat_id) DO NOTHING
            RETURNING chat_id
        )
        """;

    private const string UpdateChat =
        """
        WITH done AS (
            UPDATE chats SET title = $2, model = $3, status = $4, archived = $5, version = $6, epoch = $7, last_message_id = $8, lease_replica = $9, lease_token = $10,
                             last_lease_token = $11, updated_at = $12, commit_id = $13, state = $14
        """;

    private const string UpdatedChat =
        """

            WHERE chat_id = $1 AND version = $6 - 1 AND commit_id = $16 AND ($15::bigint IS NULL OR lease_token = $15)
        """;

    private static readonly ConcurrentDictionary<CommitShape, string> _commits = new();

    /// <summary>
    /// A commit as one statement. Its parts see one snapshot and take effect together or not at all. All of them depend
    /// on the first, which is the compare-and-swap. Two commits to one chat meet at the chat's row: the second waits
    /// for the first and then finds the version changed. The result says whether the commit was made and, for a request
    /// with a key, the outcome of an earlier request with that key, unless that one committed while this statement
    /// waited.
    /// </summary>
    public static string Commit(CommitShape shape) => _commits.GetOrAdd(shape, static shape => Build(shape));

    private static string Build(CommitShape shape)
    {
        var next = shape.IsNew ? 18 : 17;
        var sql = BeginCommit(shape, ref next);
        var key = 0;
        if (shape.HasKey)
        {
            key = next;
            next += 4;
        }

        if (shape.IsNew)
        {
            // Counted in the statement's own snapshot: concurrent creations do not see each other.
            var room = shape.HasRoomLimit ? next++ : 0;
            sql.Append(
                shape.HasRoomLimit
                    ? $"\n    WHERE (SELECT count(*) FROM (SELECT FROM chats WHERE owner = $15 AND version > 0 "
                        + $"LIMIT ${room}) AS counted) < ${room}"
                    : "");
            sql.Append(InsertedChat);
        }
        else
        {
            // A key that is in use prevents the whole commit.
            sql.Append(
                shape.HasKey
                    ? $"\n    AND NOT EXISTS (SELECT FROM idempotency_keys WHERE chat_id = $1 AND key = ${key} "
                        + $"AND created_at > now() - ${key + 3}::interval)"
                    : "");
            sql.Append("\n    RETURNING chat_id\n)");
        }

        if (shape.RemovesCheckpoint)
        {
            sql.Append(
                ", let_go AS (DELETE FROM checkpoints WHERE chat_id = $1 AND EXISTS (SELECT FROM done) "
                    + "RETURNING first_seq)");
        }

        AppendRows(sql, shape, next);
        if (!shape.HasKey)
        {
            return sql.Append($"\nSELECT EXISTS (SELECT FROM done), {PartsOf(shape)}{IsKnownOf(shape)}$13").ToString();
        }

        sql.Append(
            $", claimed AS (INSERT INTO idempotency_keys (chat_id, key, fingerprint, outcome, created_at) "
                + $"SELECT $1, ${key}, ${key + 1}, ${key + 2}, now() WHERE EXISTS (SELECT FROM done) "
                + $"ON CONFLICT (chat_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, "
                + $"outcome = excluded.outcome, created_at = excluded.created_at RETURNING key)");
        return sql.Append(
            $"\nSELECT EXISTS (SELECT FROM done), k.fingerprint, k.outcome, k.created_at, "
                + $"{PartsOf(shape)}{IsKnownOf(shape)}$13 FROM (SELECT) AS one LEFT JOIN idempotency_keys k "
                + $"ON k.chat_id = $1 AND k.key = ${key} AND k.created_at > now() - ${key + 3}::interval")
            .ToString();
    }

    /// <summary>The parts that change rows of messages, the queue and the usage.</summary>
    private static void AppendRows(StringBuilder sql, CommitShape shape, int next)
    {
        if (shape.Removes)
        {
            sql.Append(
                $", removed AS (DELETE FROM messages WHERE chat_id = $1 AND id >= ${next++} "
                    + $"AND EXISTS (SELECT FROM done) RETURNING id)");
        }

        if (shape.Appends)
        {
            sql.Append(
                $", appended AS (INSERT INTO messages (chat_id, id, previous_id, role, created_at, body) "
                    + $"SELECT $1, m.* FROM unnest(${next}::bigint[], ${next + 1}::bigint[], ${next + 2}::text[], "
                    + $"${next + 3}::bigint[], ${next + 4}::text[]) AS m "
                    + $"WHERE EXISTS (SELECT FROM done) RETURNING id)");
            next += 5;
        }

        if (shape.Enqueues)
        {
            string[] types = ["bigint", "text", "bigint", "text", "text"];
            sql.Append(", enqueued AS (INSERT INTO queued_messages");
            sql.Append(" (chat_id, id, content, created_at, model, settings) SELECT $1, q.* FROM unnest(");
            sql.AppendJoin(", ", types.Select((type, index) => $"${next + index}::{type}[]"));
            sql.Append(") AS q WHERE EXISTS (SELECT FROM done) RETURNING id)");
            next += 5;
        }

        if (shape.Dequeues)
        {
            sql.Append(
                $", dequeued AS (DELETE FROM queued_messages WHERE chat_id = $1 AND id = ANY (${next++}) "
                    + $"AND EXISTS (SELECT FROM done) RETURNING id)");
        }

        if (shape.Spends)
        {
            AppendUsage(sql, next);
        }
    }

    /// <summary>The update of the chat's row. Few commits change the settings of future messages.</summary>
    private static StringBuilder BeginCommit(CommitShape shape, ref int next)
    {
        var sql = new StringBuilder(shape.IsNew ? InsertChat : UpdateChat);
        if (shape.ChangesSettings)
        {
            if (shape.IsNew)
            {
                sql.Replace("client_tools)", "client_tools, next_model, settings)");
            }

            sql.Append(shape.IsNew ? $", ${next}, ${next + 1}" : $", next_model = ${next}, settings = ${next + 1}");
            next += 2;
        }

        return shape.IsNew ? sql : sql.Append(UpdatedChat);
    }

    /// <summary>
    /// A sum is null until the first count is given. A commit locks the chat's row before that of the usage, and at
    /// most one of each, so commits cannot deadlock.
    /// </summary>
    private static void AppendUsage(StringBuilder sql, int next)
    {
        sql.Append(", spent AS (INSERT INTO usage AS kept");
        sql.Append(" (owner, day, model, slot, requests, input, output, cache_read, cache_write, reasoning, cost)");
        sql.Append($" SELECT ${next}::text, ${next + 1}::date, ${next + 2}::text, hashtext($1) & 15, 1");
        sql.Append(string.Concat(Enumerable.Range(next + 3, 5).Select(number => $", ${number}::bigint")));
        sql.Append($", ${next + 8}::numeric WHERE EXISTS (SELECT FROM done)");
        sql.Append(" ON CONFLICT (owner, day, model, slot) DO UPDATE SET requests = kept.requests + 1");
        sql.Append(", input = kept.input + excluded.input, output = kept.output + excluded.output");
        foreach (var column in (string[])["cache_read", "cache_write", "reasoning", "cost"])
        {
            sql.Append($", {column} = coalesce(kept.{column} + excluded.{column}, kept.{column}, excluded.{column})");
        }

        sql.Append(" RETURNING slot)");
    }

    /// <summary>
    /// Whether a chat or gravestone with the id exists. Then that is why a new one was not inserted, and not the limit
    /// on chats.
    /// </summary>
    private static string IsKnownOf(CommitShape shape) =>
        shape.HasRoomLimit ? "EXISTS (SELECT FROM chats WHERE chat_id = $1), " : "";

    /// <summary>
    /// Parts of a statement that nothing reads run after its result, so their errors would arrive after the result as
    /// well. The result therefore counts the rows of each part.
    /// </summary>
    private static string PartsOf(CommitShape shape) => string.Concat(
        new (bool IsThere, string Name)[]
        {
            (shape.RemovesCheckpoint, "let_go"),
            (shape.Removes, "removed"),
            (shape.Appends, "appended"),
            (shape.Enqueues, "enqueued"),
            (shape.Dequeues, "dequeued"),
            (shape.Spends, "spent"),
            (shape.HasKey, "claimed"),
        }.Where(part => part.IsThere).Select(part => $"(SELECT count(*) FROM {part.Name}), "));
}

/// <summary>
/// What a commit writes in addition to the chat's row. Commits of the same shape share a prepared statement.
/// </summary>
internal readonly record struct CommitShape(
    bool IsNew,
    bool ChangesSettings,
    bool HasRoomLimit,
    bool HasKey,
    bool Removes,
    bool Appends,
    bool Enqueues,
    bool Dequeues,
    bool Spends,
    bool RemovesCheckpoint);
